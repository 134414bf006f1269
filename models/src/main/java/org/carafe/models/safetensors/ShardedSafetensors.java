package org.carafe.models.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.carafe.models.CheckpointException;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorFile;

/** Several safetensors files and the index that says which tensor lies in which. */
public final class ShardedSafetensors implements TensorFile {
    private static final int SHARDS_MAX = 10_000;

    private final String label;
    private final Map<String, SafetensorsFile> shardOf;

    private ShardedSafetensors(String label, Map<String, SafetensorsFile> shardOf) {
        this.label = label;
        this.shardOf = shardOf;
    }

    /**
     * Opens all shards that an index names.
     *
     * @param directory where they lie
     * @param label the index file's name, for messages
     * @param index the content of model.safetensors.index.json
     * @param arena owns the mappings
     * @throws CheckpointException naming a shard that is missing, or a bad index
     */
    public static ShardedSafetensors open(Path directory, String label, JsonNode index, Arena arena) {
        JsonNode weightMap = index.path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new CheckpointException(label + " has no weight_map");
        }
        Map<String, String> fileOf = new HashMap<>();
        weightMap.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw new CheckpointException(
                        label + " maps " + entry.getKey() + " to something that is not a file name");
            }
            fileOf.put(entry.getKey(), entry.getValue().textValue());
        });
        TreeSet<String> names = new TreeSet<>(fileOf.values());
        if (names.size() > SHARDS_MAX) {
            throw new CheckpointException(label + " names " + names.size() + " files; the limit is " + SHARDS_MAX);
        }
        Map<String, SafetensorsFile> shards = new TreeMap<>();
        for (String name : names) {
            shards.put(name, SafetensorsFile.open(shard(directory, label, name), arena));
        }
        Map<String, SafetensorsFile> shardOf = new HashMap<>();
        fileOf.forEach((tensor, file) -> shardOf.put(tensor, shards.get(file)));
        return new ShardedSafetensors(label, shardOf);
    }

    private static Path shard(Path directory, String label, String name) {
        if (name.isBlank() || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0) {
            throw new CheckpointException(label + " names " + name + ", which is not a file beside it");
        }
        Path path = directory.resolve(name);
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(directory + " lacks the shard " + name + " that " + label + " names");
        }
        return path;
    }

    @Override
    public Optional<Tensor> find(String name) {
        SafetensorsFile shard = shardOf.get(name);
        if (shard == null) {
            return Optional.empty();
        }
        return Optional.of(shard.find(name)
                .orElseThrow(() -> new CheckpointException(
                        shard.label() + " lacks the tensor " + name + " that " + label + " says it holds")));
    }

    @Override
    public String label() {
        return label;
    }
}
