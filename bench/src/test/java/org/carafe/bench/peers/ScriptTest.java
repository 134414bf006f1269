package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that answer, fail, hang, and leave children behind. */
final class ScriptTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private static String run(String script, Duration limit) throws IOException, InterruptedException {
        return Script.lastLine(List.of("bash", "-c", script), Map.of("GREETING", "hello"), limit);
    }

    @Test
    void theLastLineThatIsNotBlankIsTheAnswer() throws Exception {
        assertThat(run("echo first; echo $GREETING; echo; echo noise >&2", LONG))
                .isEqualTo("hello");
    }

    @Test
    void theAnswerIsFoundBehindMegabytesOfOutput() throws Exception {
        assertThat(run("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end", LONG))
                .isEqualTo("end");
    }

    @Test
    void aFailureNamesTheCodeAndTheLastLineOfErrors() {
        assertThatThrownBy(() -> run("echo one >&2; echo 'no such model' >&2; exit 3", LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("it ended with code 3: no such model");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Script.lastLine(List.of("/no/such/program"), Map.of(), LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    @Timeout(30)
    void aProgramThatTakesTooLongIsEndedWithItsChildren() throws Exception {
        Path pids = directory.resolve("pids");
        String script = "sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait";
        assertThatThrownBy(() -> run(script, Duration.ofSeconds(2)))
                .isInstanceOf(IOException.class)
                .hasMessage("it took more than 2 s (--time-limit)");
        assertThat(Files.readAllLines(pids)).hasSize(2);
        for (String pid : Files.readAllLines(pids)) {
            awaitEndOf(Long.parseLong(pid));
        }
    }

    @Test
    @Timeout(60)
    void aSignalToTheBenchEndsTheProgramsItStarted() throws Exception {
        Path pids = directory.resolve("pids");
        Process bench = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName(),
                        "sleep 1000 & echo $! > " + pids + ".new; echo $$ >> " + pids + ".new; mv " + pids + ".new "
                                + pids + "; wait")
                .inheritIO()
                .start();
        try {
            while (!Files.exists(pids)) {
                assertThat(bench.isAlive()).isTrue();
                Thread.sleep(20);
            }
            bench.destroy();
            bench.waitFor();
            assertThat(Files.readAllLines(pids)).hasSize(2);
            for (String pid : Files.readAllLines(pids)) {
                awaitEndOf(Long.parseLong(pid));
            }
        } finally {
            bench.destroyForcibly();
        }
    }

    /** A process that has ended but that nobody has waited for is a zombie: not alive, still listed. */
    private static void awaitEndOf(long pid) throws InterruptedException {
        while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !isZombie(pid)) {
            Thread.sleep(20);
        }
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    /** Stands for the bench: waits for a script. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            System.out.println(run(arguments[0], LONG));
        }
    }
}
