package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.carafe.models.demo.DemoCheckpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a user gets wrong ends with one line that says so, exit code 2, and no stack trace. */
final class BadInputTest {
    @TempDir
    private Path home;

    /** The one line, after checking that it is one. */
    private String complaint(String... arguments) throws IOException, InterruptedException {
        try (Carafe carafe = Carafe.start(home, arguments)) {
            assertThat(carafe.line()).isNull();
            assertThat(carafe.exit()).as(carafe.errors()).isEqualTo(2);
            assertThat(carafe.errors()).doesNotContain("\tat ").doesNotContain("Exception");
            List<String> lines = carafe.errors()
                    .lines()
                    .filter(line -> line.startsWith("carafe: "))
                    .toList();
            assertThat(lines).as(carafe.errors()).hasSize(1);
            assertThat(carafe.errors().lines().toList()).last().isEqualTo(lines.getFirst());
            return lines.getFirst();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    --port 65536               | --port must be between 0 and 65535, not 65536
                    --port http                | Invalid value for option '--port'
                    --kv-memory lots           | 'lots' is no size: write for example 4GiB or 512MiB
                    --drain-timeout 30         | '30' is no duration: write for example 500ms, 30s or 5m
                    --max-seqs 0               | --max-seqs must be between 1 and 4096, not 0
                    --prefill-chunk 1          | --prefill-chunk must be between 16 and 65536, not 1
                    --dtype fp8                | expected one of [auto, bf16, f32, int8, int4] (case-insensitive) but was 'fp8'
                    --device tpu               | --device must be auto, cpu, cuda or cuda:N, not 'tpu'
                    --device cuda:999          | there is no device cuda:999: PyTorch sees
                    --api-key-file none.txt    | none.txt
                    --config none.yaml         | none.yaml: no such configuration file
                    --catalogue none.yaml       | none.yaml: no such catalogue file
                    --models-dir none           | --models-dir none: no such directory
                    --frobnicate               | Unknown option: '--frobnicate'
                    --runner cuda --model .    | config.json
                    --runner synthetic --max-context 16777216 --max-seqs 2048 | more than the synthetic runner keeps track of
                    --host 192.0.2.1 --port 0  | cannot listen on 192.0.2.1:0
                    """)
    void aValueThatCannotBeUsedIsNamed(String arguments, String message) throws Exception {
        assertThat(complaint(("serve --port 0 " + arguments).split(" ", -1))).contains(message);
    }

    @Test
    void aSettingOfTheConfigurationFileThatDoesNotExistIsNamedWithTheFile() throws Exception {
        Path file = Files.writeString(home.resolve("carafe.yaml"), "prot: 80\n");

        assertThat(complaint("serve", "--config", file.toString()))
                .contains("carafe.yaml")
                .contains("--prot");
    }

    @Test
    void aDirectoryThatIsNotThereIsNoHubModelEither() throws Exception {
        assertThat(complaint("serve", "--port", "0", "--model", "./models/nothing"))
                .contains("./models/nothing: no such directory");
        assertThat(complaint("serve", "--port", "0", "--model", "models/nothing"))
                .contains(
                        "models/nothing: no such directory, and not from the hub: the hub at http://127.0.0.1:9 can't be reached");
    }

    @Test
    void aCacheFolderThatCannotBeWrittenIsNamed() throws Exception {
        Path inTheWay = Files.writeString(home.resolve("cache"), "no folder");

        assertThat(complaint("serve", "--port", "0")).contains("cache folder " + inTheWay.resolve("carafe"));
        assertThat(complaint("serve", "--port", "0", "--runner", "synthetic"))
                .contains("XDG_CACHE_HOME names another place");
    }

    @Test
    void aContextThatTheModelDoesNotReachIsRefusedWithBothFigures() throws Exception {
        Path model = demo();
        assertThat(complaint("serve", "--port", "0", "--model", model.toString(), "--max-context", "1048576"))
                .contains("--max-context 1048576 is more than the model's ");
        edit(
                model,
                config -> config.put("max_position_embeddings", 64)
                        .putObject("rope_scaling")
                        .put("type", "dynamic")
                        .put("factor", 2.0));

        assertThat(complaint("serve", "--port", "0", "--model", model.toString(), "--max-context", "129"))
                .contains("--max-context 129 is more than the model's 128");
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(complaint("serve", "--runner", "synthetic", "--port", port))
                    .contains("127.0.0.1:" + port);
        }
    }

    @Test
    void truncatedWeightsAreNoticedBeforeAnythingRuns() throws Exception {
        Path model = demo();
        try (FileChannel file = FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }

        assertThat(complaint("serve", "--port", "0", "--model", model.toString()))
                .contains("model.safetensors");
    }

    @Test
    void aMissingTensorIsNamed() throws Exception {
        Path model = demo();
        rename(
                model.resolve("model.safetensors"),
                "model.layers.0.mlp.up_proj.weight",
                "model.layers.0.mlp.up_proj.wight_");

        assertThat(complaint("serve", "--port", "0", "--model", model.toString()))
                .contains("model.layers.0.mlp.up_proj.weight");
    }

    @Test
    void anArchitectureThatIsNotSupportedIsNamed() throws Exception {
        Path model = demo();
        edit(model, config -> config.putArray("architectures").add("MambaForCausalLM"));

        assertThat(complaint("serve", "--port", "0", "--model", model.toString()))
                .contains("MambaForCausalLM");
    }

    @Test
    void aQuantizationThatIsNotSupportedIsNamed() throws Exception {
        Path model = demo();
        edit(
                model,
                config -> config.putObject("quantization_config")
                        .put("quant_method", "gptq")
                        .put("bits", 4));

        assertThat(complaint("serve", "--port", "0", "--model", model.toString()))
                .contains("gptq");
    }

    @Test
    void tooLittleMemoryIsSaidWithBothFigures() throws Exception {
        assertThat(complaint(
                        "serve",
                        "--port",
                        "0",
                        "--model",
                        demo().toString(),
                        "--device",
                        "cpu",
                        "--kv-memory",
                        "100TiB"))
                .contains("not enough memory")
                .containsPattern("\\d GiB.*\\d GiB");
    }

    private Path demo() throws IOException {
        return DemoCheckpoint.extractTo(home.resolve("model"));
    }

    private interface Edit {
        void apply(ObjectNode config);
    }

    private static void edit(Path model, Edit edit) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = model.resolve("config.json");
        ObjectNode config = (ObjectNode) mapper.readTree(file.toFile());
        edit.apply(config);
        mapper.writeValue(file.toFile(), config);
    }

    /** Gives a tensor another name of the same length in the header of a safetensors file. */
    private static void rename(Path file, String from, String to) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int header = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
        String json = new String(bytes, 8, header, StandardCharsets.UTF_8);
        assertThat(json).contains(from);
        byte[] renamed = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(renamed, 0, bytes, 8, renamed.length);
        Files.write(file, bytes);
    }
}
