package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TextGeneration;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.SafetensorsBuilder;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;
import org.carafe.models.tensor.Dequantizer;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole generations from GGUF files, against the same weights as safetensors. */
class GgufGenerationTest {
    private static final TorchOptions F32 = TorchOptions.defaults()
            .withDevice("cpu")
            .withFormat(WeightFormat.F32)
            .withKvBytes(OptionalLong.of(8 << 20))
            .withThreads(1);
    private static final int OUTPUT = 32;
    /** Every row is one block of the largest kind. */
    private static final String CONFIG = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 256, "intermediate_size": 512,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 64,
             "vocab_size": 512, "max_position_embeddings": 512, "rope_theta": 10000.0, "rms_norm_eps": 1e-05,
             "tie_word_embeddings": false, "hidden_act": "silu"}""";

    @TempDir
    Path temporary;

    @Test
    void anF32FileGeneratesTheReferencesTokens() throws IOException {
        String name = "llama2-untied";
        Path file = temporary.resolve("golden.gguf");
        try (Checkpoint original = Golden.open(name)) {
            GgufLlama.write(file, original.spec(), entry -> original.tensor(entry.name(), shape(entry)));
        }
        try (Checkpoint gguf = Checkpoints.open(file);
                TorchRunner runner = TorchRunner.load(gguf, F32)) {
            for (Golden.Case expected : Golden.read(name).cases()) {
                Driver driver = new Driver(runner, expected.prompt(), 0, 200);
                assertThat(driver.greedy(expected.prompt().length, expected.greedy().length))
                        .isEqualTo(expected.greedy());
            }
        }
    }

    @Test
    @Timeout(60)
    void rowsInAnotherOrderOutliveTheCollectorWhileTheRunnerReadsThem() throws Exception {
        Path file = temporary.resolve("golden.gguf");
        try (Checkpoint original = Golden.open("llama2-untied")) {
            GgufLlama.write(file, original.spec(), entry -> original.tensor(entry.name(), shape(entry)));
        }
        try (Checkpoint gguf = Checkpoints.open(file)) {
            WatchedCheckpoint watched = new WatchedCheckpoint(gguf);
            try (TorchRunner runner = TorchRunner.load(watched, F32)) {
                List<WeakReference<Object>> read = watched.unmapped();
                assertThat(read).as("queries and keys are not mapped").isNotEmpty();
                WeakReference<Object> unread = forgotten(gguf);
                while (unread.get() != null) {
                    System.gc();
                    Thread.sleep(1);
                }
                assertThat(read).allSatisfy(owner -> assertThat(owner.get()).isNotNull());
                assertThat(runner.shape().vocabularySize())
                        .isEqualTo(gguf.spec().vocabularySize());
            }
        }
    }

    private static WeakReference<Object> forgotten(Checkpoint gguf) {
        for (TensorPlan.Entry entry : TensorPlan.of(gguf.spec()).entries()) {
            MemorySegment data = gguf.tensor(entry.name(), shape(entry)).data();
            if (!data.isMapped()) {
                return new WeakReference<>(data.scope());
            }
        }
        throw new AssertionError("every weight is mapped");
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void aFileOfAnyTypeGeneratesWhatItsDequantizedWeightsDo(TensorType type) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("original"));
        Files.writeString(directory.resolve("config.json"), CONFIG);
        copyTokenizer("llama2-untied", directory);
        RandomBlocks random = new RandomBlocks(type, 7);
        Map<String, Tensor> stored = new HashMap<>();
        writeSafetensors(directory, randomSpec(), entry -> {
            Tensor tensor = random.tensor(entry);
            stored.put(entry.name(), tensor);
            return tensor;
        });
        Path file = temporary.resolve("model.gguf");
        try (Checkpoint dense = Checkpoints.open(directory)) {
            GgufLlama.write(file, dense.spec(), entry -> stored.get(entry.name()));
            try (Checkpoint gguf = Checkpoints.open(file)) {
                assertThat(gguf.weightType()).isEqualTo(type);
                List<int[]> generated = generate(gguf);
                assertThat(generated).containsExactlyElementsOf(generate(dense));
                assertThat(generated.getFirst()).as("different prompts differ").isNotEqualTo(generated.getLast());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama31-tied-q8_0", "mixtral-q4_0"})
    void aPublishedKindOfFileAnswersTextWithTheTextOfItsDequantizedDirectory(String name) throws IOException {
        String original = name.substring(0, name.lastIndexOf('-'));
        Path directory = Files.createDirectory(temporary.resolve(original));
        Files.copy(GoldenCheckpoints.directory(original).resolve("config.json"), directory.resolve("config.json"));
        copyTokenizer(original, directory);
        try (Checkpoint gguf = Checkpoints.open(GoldenCheckpoints.path("gguf/" + name + ".gguf"))) {
            writeSafetensors(directory, gguf.spec(), entry -> gguf.tensor(entry.name(), shape(entry)));
            try (Checkpoint dense = Checkpoints.open(directory)) {
                String text = answer(gguf);
                assertThat(text).isNotEmpty().isEqualTo(answer(dense));
            }
        }
    }

    private static ModelSpec randomSpec() throws IOException {
        JsonNode config = new ObjectMapper().readTree(CONFIG);
        return Families.resolve(ConfigReader.of("config.json", config)).spec();
    }

    private static void copyTokenizer(String golden, Path directory) throws IOException {
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(GoldenCheckpoints.directory(golden).resolve(file), directory.resolve(file));
        }
    }

    private static void writeSafetensors(Path directory, ModelSpec spec, GgufLlama.Weights weights) throws IOException {
        SafetensorsBuilder safetensors = new SafetensorsBuilder();
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            Tensor tensor = weights.get(entry);
            byte[] values = new byte[(int) (Float.BYTES * tensor.elements())];
            Dequantizer.convert(tensor, TensorType.F32, MemorySegment.ofArray(values));
            safetensors.add(entry.name(), entry.shape(), values);
        }
        safetensors.write(directory.resolve("model.safetensors"));
    }

    private static List<int[]> generate(Checkpoint checkpoint) {
        List<int[]> generated = new ArrayList<>();
        try (TorchRunner runner = TorchRunner.load(checkpoint, F32)) {
            for (int[] prompt : List.of(new int[] {300}, new int[] {5, 6, 7, 8, 9, 300, 301, 302, 303, 304, 11})) {
                generated.add(new Driver(runner, prompt, 0, 64).greedy(4, OUTPUT));
            }
        }
        return generated;
    }

    /** Through tokenizer, engine and detokenizer. */
    private static String answer(Checkpoint checkpoint) {
        Tokenizer tokenizer = Tokenizer.of(checkpoint.text());
        StringBuilder text = new StringBuilder();
        try (Engine engine = new Engine(TorchRunner.load(checkpoint, F32), EngineConfig.defaults())) {
            GenerationRequest request = new GenerationRequest(
                    "request",
                    "account",
                    IntList.of(tokenizer.encode("once upon a time", tokenizer.addsBeginToken())),
                    SamplingParams.greedy(),
                    OUTPUT,
                    Set.of(),
                    0,
                    null,
                    -1);
            try (TextGeneration generation =
                    TextGeneration.of(engine.submit(request), tokenizer, request, List.of(), true)) {
                while (engine.step() > 0) {}
                List<TextEvent> events = new ArrayList<>();
                while (generation.take(events)) {}
                for (TextEvent event : events) {
                    if (event instanceof TextEvent.Delta delta) {
                        text.append(delta.text());
                    }
                }
                assertThat(events.getLast()).isInstanceOf(TextEvent.End.class);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }

    private static long[] shape(TensorPlan.Entry entry) {
        return entry.shape().stream().mapToLong(Long::longValue).toArray();
    }
}
