package org.carafe.models.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.gguf.GgufConfig;
import org.carafe.models.gguf.GgufFile;
import org.carafe.models.gguf.GgufMetadata;
import org.carafe.models.tokenizer.GgufTokenizer;

/** Opens a GGUF file: model, tokenizer, chat template and sampling defaults are all in its metadata. */
final class GgufCheckpointFile {
    /** {@code general.sampling.*} to the keys of generation_config.json. */
    private static final Map<String, String> SAMPLING = Map.of(
            "temp", "temperature",
            "top_p", "top_p",
            "top_k", "top_k",
            "min_p", "min_p",
            "penalty_repeat", "repetition_penalty");

    private GgufCheckpointFile() {}

    static Checkpoint open(Path path, Arena arena) {
        GgufFile file = GgufFile.open(path, arena);
        ConfigReader config = ConfigReader.of(file.label(), GgufConfig.of(file));
        GgufLayout layout = GgufLayout.of(file, config);
        ConfigReader generation = ConfigReader.of(file.label(), generation(file.metadata()));
        return new PlannedCheckpoint(
                layout,
                file,
                GgufTokenizer.textAssets(file.metadata().values()),
                GenerationReader.read(generation, List.of()),
                arena);
    }

    private static ObjectNode generation(GgufMetadata metadata) {
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        SAMPLING.forEach((name, key) -> {
            if (metadata.values().get("general.sampling." + name) instanceof Number value) {
                generation.put(key, value.doubleValue());
            }
        });
        GgufTokenizer.endTokenIds(metadata.values())
                .forEach(id -> generation.withArray("eos_token_id").add(id));
        return generation;
    }
}
