package org.carafe.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
    private static final HubId ID = HubId.parse("org/tiny").orElseThrow();

    @TempDir
    Path root;

    private final byte[] weights = new byte[5000];
    private final byte[] config = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    private FakeHub hub;

    @BeforeEach
    void aHubWithAModel() throws IOException {
        new Random(1).nextBytes(weights);
        hub = new FakeHub()
                .with("config.json", config)
                .with("model.safetensors", weights)
                .with("README.md", config);
    }

    @AfterEach
    void closeTheHub() {
        hub.close();
    }

    private ModelStore store(URI endpoint) {
        return new ModelStore(
                root,
                new HubSettings(
                        endpoint, "hf_secret", Duration.ofSeconds(2), Duration.ofSeconds(2), 3, Duration.ofMillis(5)));
    }

    private Path resolve() throws IOException, InterruptedException {
        return store(hub.uri()).resolve(ID, DownloadProgress.SILENT);
    }

    private Path part() {
        return root.resolve("org--tiny").resolve(FakeHub.COMMIT).resolve("model.safetensors.part");
    }

    @Test
    void aModelArrivesWholeAndOnlyWithTheFilesOfACheckpoint() throws Exception {
        Path folder = resolve();
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(folder.resolve("config.json")).hasBinaryContent(config);
        assertThat(folder).isDirectoryNotContaining("glob:**/README.md");
    }

    @Test
    void progressCountsEveryByteOnce() throws Exception {
        List<String> told = new ArrayList<>();
        store(hub.uri()).resolve(ID, new DownloadProgress() {
            @Override
            public void started(String model, long bytesDone, long bytesTotal) {
                told.add(model + " " + bytesDone + "/" + bytesTotal);
            }

            @Override
            public void advanced(long bytesDone) {
                told.add(Long.toString(bytesDone));
            }

            @Override
            public void waiting(String model) {
                told.add("waiting");
            }

            @Override
            public void finished() {
                told.add("finished");
            }
        });
        assertThat(told)
                .startsWith("org/tiny 0/5007")
                .endsWith("5007", "finished")
                .doesNotContain("waiting");
    }

    @Test
    void aCutConnectionResumesWhereItBroke() throws Exception {
        hub.cuts.set(2);
        Path folder = resolve();
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.ranges)
                .containsSubsequence(
                        "model.safetensors null", "model.safetensors bytes=1000-", "model.safetensors bytes=2000-");
    }

    @Test
    void aHubThatKeepsBreakingIsGivenUpAndTheNextCallResumes() throws Exception {
        hub.bytesBeforeCut = 0;
        hub.cuts.set(1000);
        assertThatThrownBy(this::resolve)
                .isInstanceOf(HubUnreachableException.class)
                .hasMessageContaining("config.json");
        hub.bytesBeforeCut = 1000;
        assertThat(resolve().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void aHubThatIgnoresRangesSendsAllAgain() throws Exception {
        hub.cuts.set(1);
        hub.ignoresRanges = true;
        assertThat(resolve().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void aDamagedFileIsRefusedAndNotKept() {
        byte[] damaged = weights.clone();
        damaged[4321] ^= 1;
        hub.sentInstead.put("model.safetensors", damaged);
        assertThatThrownBy(this::resolve)
                .isInstanceOf(HubException.class)
                .hasMessageContaining("model.safetensors of org/tiny arrived damaged");
        assertThat(part()).doesNotExist();
    }

    @Test
    void aDamagedGitBlobIsRefusedToo() {
        hub.sentInstead.put("config.json", "{\"a\":2}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::resolve).hasMessageContaining("config.json of org/tiny arrived damaged");
    }

    @Test
    void aKeptPartOfSomethingElseIsReplaced() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[700]);
        assertThat(resolve().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void aFileLongerThanListedIsRefused() {
        byte[] longer = new byte[6000];
        System.arraycopy(weights, 0, longer, 0, weights.length);
        hub.sentInstead.put("model.safetensors", longer);
        assertThatThrownBy(this::resolve).hasMessageContaining("is longer than the 5000 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void aRefusalIsFinalAndNamesTheModel(int status) {
        hub.statusForAll = status;
        assertThatThrownBy(this::resolve)
                .isInstanceOf(HubException.class)
                .isNotInstanceOf(HubUnreachableException.class)
                .hasMessageContaining("org/tiny");
        assertThat(hub.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 407})
    void whereAProxyRefusesACompleteCopyServes(int status) throws Exception {
        Path folder = resolve();
        hub.statusForAll = status;
        assertThat(resolve()).isEqualTo(folder);
    }

    @Test
    void aHubThatFailsIsUnreachable() {
        hub.statusForAll = 503;
        assertThatThrownBy(this::resolve)
                .isInstanceOf(HubUnreachableException.class)
                .hasMessageContaining("status 503");
    }

    @Test
    void withoutAHubACompleteCopyServes() throws Exception {
        Path folder = resolve();
        URI closed = hub.uri();
        hub.close();
        assertThat(store(closed).resolve(ID, DownloadProgress.SILENT)).isEqualTo(folder);
    }

    @Test
    void withoutAHubAnIncompleteCopyDoesNot() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part().resolveSibling("config.json"), config);
        URI closed = hub.uri();
        hub.close();
        assertThatThrownBy(() -> store(closed).resolve(ID, DownloadProgress.SILENT))
                .isInstanceOf(HubUnreachableException.class)
                .hasMessageContaining("can't be reached");
    }

    @Test
    void aCompleteCopyIsNotDownloadedAgain() throws Exception {
        resolve();
        hub.ranges.clear();
        resolve();
        assertThat(hub.ranges).isEmpty();
    }

    @Test
    void theTokenReachesTheHubAndNoOtherHost() throws Exception {
        try (FakeHub other = new FakeHub().with("config.json", config).with("model.safetensors", weights)) {
            hub.redirectsContentTo = other.uri();
            assertThat(resolve().resolve("model.safetensors")).hasBinaryContent(weights);
            assertThat(hub.authorizations).isNotEmpty().containsOnly("Bearer hf_secret");
            assertThat(other.authorizations).hasSize(2).containsOnly("null");
        }
    }

    @Test
    void namesThatLeaveTheFolderAreNotTaken() throws Exception {
        hub.with("../../model.safetensors", weights)
                .with("model-/../../../x.safetensors", weights)
                .with("/model.safetensors", weights);
        resolve();
        assertThat(hub.ranges).containsExactlyInAnyOrder("config.json null", "model.safetensors null");
    }

    @Test
    void oneOfSeveralGgufFilesIsTakenByName() throws Exception {
        try (FakeHub ggufs = new FakeHub().with("a-Q4_0.gguf", weights).with("a-Q8_0.gguf", config)) {
            assertThatThrownBy(() -> store(ggufs.uri()).resolve(ID, DownloadProgress.SILENT))
                    .hasMessageContaining("a-Q4_0.gguf, a-Q8_0.gguf");
            HubId named = HubId.parse("org/tiny:a-Q8_0.gguf").orElseThrow();
            assertThat(store(ggufs.uri()).resolve(named, DownloadProgress.SILENT))
                    .hasBinaryContent(config);
        }
    }

    @Test
    void twoProcessesShareOneDownload() throws Exception {
        hub.cuts.set(1);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(
                            java,
                            "-cp",
                            System.getProperty("java.class.path"),
                            Resolve.class.getName(),
                            root.toString(),
                            hub.uri().toString())
                    .inheritIO()
                    .start());
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(hub.ranges.stream().filter(range -> range.endsWith("null"))).hasSize(2);
        assertThat(resolve().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    /** The second process of {@link #twoProcessesShareOneDownload}. */
    static final class Resolve {
        private Resolve() {}

        public static void main(String[] args) throws Exception {
            new ModelStore(Path.of(args[0]), HubSettings.of(URI.create(args[1]), null))
                    .resolve(ID, DownloadProgress.SILENT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiny",
                "org/",
                "/tiny",
                "org/../x",
                "org/ti ny",
                "a/b/c",
                "org/tiny@",
                "org/tiny:x.bin",
                "org/tiny:../x.gguf"
            })
    void whatIsNoHubIdIsNotParsed(String text) {
        assertThat(HubId.parse(text)).isEmpty();
    }
}
