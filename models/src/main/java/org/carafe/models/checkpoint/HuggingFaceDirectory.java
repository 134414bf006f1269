package org.carafe.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.architecture.ConfigReader;
import org.carafe.models.architecture.Families;
import org.carafe.models.safetensors.SafetensorsFile;
import org.carafe.models.safetensors.ShardedSafetensors;
import org.carafe.models.tensor.TensorFile;

/** Opens a directory in Hugging Face's layout: config.json, safetensors, tokenizer. */
final class HuggingFaceDirectory {
    static final String CONFIG = "config.json";
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private HuggingFaceDirectory() {}

    static Checkpoint open(Path directory, Arena arena) {
        JsonNode json = JsonFiles.read(directory.resolve(CONFIG));
        ConfigReader config = ConfigReader.of(CONFIG, json);
        Families.Resolved resolved = Families.resolve(config);
        TensorFile weights = weights(directory, arena);
        Path generation = directory.resolve("generation_config.json");
        JsonNode defaults =
                Files.isRegularFile(generation) ? JsonFiles.read(generation) : JsonNodeFactory.instance.objectNode();
        return new PlannedCheckpoint(
                new HuggingFaceLayout(resolved),
                weights,
                TextReader.read(directory, json),
                GenerationReader.read(
                        ConfigReader.of("generation_config.json", defaults),
                        GenerationReader.endTokenIds(config, resolved.family().defaultEndTokenId())),
                arena);
    }

    /** As transformers looks for them: one file, else an index; else the only safetensors file there is. */
    private static TensorFile weights(Path directory, Arena arena) {
        Path single = directory.resolve(SINGLE);
        if (Files.isRegularFile(single)) {
            return SafetensorsFile.open(single, arena);
        }
        Path index = directory.resolve(INDEX);
        if (Files.isRegularFile(index)) {
            return ShardedSafetensors.open(directory, INDEX, JsonFiles.read(index), arena);
        }
        List<Path> files = list(directory, "*.safetensors");
        if (files.size() == 1) {
            return SafetensorsFile.open(files.getFirst(), arena);
        }
        if (files.size() > 1) {
            throw new CheckpointException(directory + " has " + files.size() + " safetensors files but lacks " + INDEX
                    + ", which says what is where");
        }
        List<Path> pickles = list(directory, "*.{bin,pt,pth}");
        throw new CheckpointException(directory + " has no safetensors file"
                + (pickles.isEmpty()
                        ? ""
                        : ", and PyTorch's " + pickles.getFirst().getFileName()
                                + " is not read since such files can run code; convert it to safetensors"));
    }

    static List<Path> list(Path directory, String glob) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
            stream.forEach(files::add);
        } catch (IOException e) {
            throw new CheckpointException("cannot list " + directory + ": " + e.getMessage(), e);
        }
        Collections.sort(files);
        return files;
    }
}
