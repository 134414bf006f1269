package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code scripts/common.sh} decides: versions that will do, profiles, and which builds may go. */
final class ScriptsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path root;

    private record Result(int exit, String output, String errors) {}

    @BeforeEach
    void aCheckoutOfItsOwn() throws IOException {
        Files.createDirectories(root.resolve("scripts"));
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve(".cache"));
        Files.createDirectories(root.resolve("server/src/test/sdk"));
        for (String file : List.of("scripts/common.sh", "pom.xml", "server/src/test/sdk/package.json")) {
            Files.copy(ROOT.resolve(file), root.resolve(file));
        }
    }

    /** A program that comes before all others of its name. */
    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(root.resolve("bin").resolve(name), "#!/usr/bin/env bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Process start(String profile, String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", ". scripts/common.sh; " + script)
                .directory(root.toFile())
                .redirectError(root.resolve("errors").toFile());
        builder.environment().merge("PATH", root.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        builder.environment().put("CARAFE_PROFILE", profile);
        return builder.start();
    }

    private Result run(String profile, String script) throws IOException, InterruptedException {
        Process process = start(profile, script);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(
                process.exitValue(),
                output.strip(),
                Files.readString(root.resolve("errors")).strip());
    }

    @ParameterizedTest
    @CsvSource({"3.6.3,false", "3.8.6,false", "3.8.7,true", "3.8.10,true", "3.10.0,true", "4.0.0,true"})
    void mavenIsOldEnoughOrSaidToBeTooOldInOneLine(String version, boolean willDo) throws Exception {
        program("mvn", "printf '\\033[1mApache Maven " + version + " (0123abc)\\033[m\\nJava version: 17.0.1\\n'");

        Result result = run("", "need_maven");

        assertThat(result.exit()).isEqualTo(willDo ? 0 : 2);
        assertThat(result.errors())
                .isEqualTo(
                        willDo
                                ? ""
                                : "carafe: Maven " + version
                                        + " is too old: install version 3.8.7 or newer and put it first on PATH");
    }

    @ParameterizedTest
    @CsvSource({"18.20.8,false", "19.9.0,false", "20.0.0,true", "20.20.2,true", "24.1.0,true", "100.0.0,true"})
    void nodeIsAsNewAsTheSdksPackageAsksFor(String version, boolean willDo) throws Exception {
        program("node", "echo " + version);
        program("npm", "");

        Result result = run("", "need_node");

        assertThat(result.exit()).isEqualTo(willDo ? 0 : 2);
        assertThat(result.errors())
                .isEqualTo(
                        willDo
                                ? ""
                                : "carafe: Node.js " + version
                                        + " is too old: the tests with JavaScript SDKs need version 20 or newer");
    }

    @Test
    void theReadmeNamesTheSameVersionOfNode() throws Exception {
        assertThat(Files.readString(root.resolve("server/src/test/sdk/package.json")))
                .contains("\"node\": \">=20\"");
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("Node.js 20 or newer");
    }

    @Test
    void aProfileOfTheEnvironmentReachesMaven() throws Exception {
        program("mvn", "printf '%s ' \"$@\"");

        assertThat(run("torch-cu124", "maven verify").output()).contains(" -P torch-cu124 verify");
        assertThat(run("format,torch-cu124", "maven verify").output()).contains(" -P format,torch-cu124 verify");
        assertThat(run("", "maven verify").output()).endsWith("pom.xml verify");
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-cu999", "torch-cu124 -DskipTests", "$(id)", "-X", "torch-cu124,", ".*", "a;b"})
    void aProfileThatDoesNotExistIsNoReasonToBuildAnything(String profile) throws Exception {
        program("mvn", "echo ran");

        Result result = run(profile, "if maven verify; then echo built; fi");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors().lines()).singleElement().asString().startsWith("carafe: CARAFE_PROFILE");
    }

    @Test
    void aBuildStaysAsLongAsAProcessRunsFromIt() throws Exception {
        for (String build : List.of("server.aaaaaa", "server.bbbbbb", "server.cccccc", "bench.dddddd")) {
            Path folder = Files.createDirectories(root.resolve(".cache").resolve(build));
            Files.writeString(folder.resolve("built"), "");
        }
        Path halfMade = Files.createDirectories(root.resolve(".cache/server.eeeeee"));
        Files.createSymbolicLink(root.resolve(".cache/server"), Path.of("server.cccccc"));
        Process running = start("", "hold .cache/server.aaaaaa; echo held; exec sleep 60");
        try {
            assertThat(running.inputReader(UTF_8).readLine()).isEqualTo("held");

            assertThat(run("", "remove_unused server").exit()).isZero();

            assertThat(root.resolve(".cache/server.aaaaaa")).isDirectory();
            assertThat(root.resolve(".cache/server.bbbbbb")).doesNotExist();
            assertThat(root.resolve(".cache/server.cccccc")).isDirectory();
            assertThat(root.resolve(".cache/bench.dddddd")).isDirectory();
            assertThat(halfMade).doesNotExist();
        } finally {
            running.destroyForcibly().waitFor();
        }

        assertThat(run("", "remove_unused server").exit()).isZero();

        assertThat(root.resolve(".cache/server.aaaaaa")).doesNotExist();
        assertThat(root.resolve(".cache/server.cccccc")).isDirectory();
    }
}
