package org.carafe.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.models.CheckpointException;

/**
 * Finds a directory's chat templates, with the precedence of transformers: template files replace whatever tokenizer_config.json
 * holds; chat_template.json (written by processors of multimodal models) counts only where there is nothing else.
 */
final class ChatTemplateFiles {
    private static final String DEFAULT = "default";
    private static final int TEMPLATES_MAX = 64;
    private static final String SUFFIX = ".jinja";

    private ChatTemplateFiles() {}

    /** Templates by name. */
    static Map<String, String> read(Path directory, JsonNode tokenizerConfig) {
        Map<String, String> templates = fromFiles(directory);
        if (templates.isEmpty()) {
            templates = fromJson("tokenizer_config.json", tokenizerConfig.path("chat_template"));
        }
        Path legacy = directory.resolve("chat_template.json");
        if (templates.isEmpty() && Files.isRegularFile(legacy)) {
            templates = fromJson("chat_template.json", JsonFiles.read(legacy).path("chat_template"));
        }
        return templates;
    }

    private static Map<String, String> fromFiles(Path directory) {
        Map<String, String> templates = new TreeMap<>();
        Path main = directory.resolve("chat_template.jinja");
        if (Files.isRegularFile(main)) {
            templates.put(DEFAULT, JsonFiles.text(main, JsonFiles.TEMPLATE_BYTES_MAX));
        }
        Path additional = directory.resolve("additional_chat_templates");
        if (Files.isDirectory(additional)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(additional, "*" + SUFFIX)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    put(
                            templates,
                            name.substring(0, name.length() - SUFFIX.length()),
                            JsonFiles.text(file, JsonFiles.TEMPLATE_BYTES_MAX));
                }
            } catch (IOException e) {
                throw new CheckpointException("cannot read " + additional + ": " + e.getMessage(), e);
            }
        }
        return templates;
    }

    /** A string, or a list of objects with name and template. */
    private static Map<String, String> fromJson(String file, JsonNode value) {
        Map<String, String> templates = new TreeMap<>();
        if (value.isTextual()) {
            put(templates, DEFAULT, value.textValue());
        } else if (value.isArray()) {
            for (JsonNode entry : value) {
                if (!entry.path("name").isTextual() || !entry.path("template").isTextual()) {
                    throw new CheckpointException(file + ": chat_template has an entry without a name or a template");
                }
                put(
                        templates,
                        entry.get("name").textValue(),
                        entry.get("template").textValue());
            }
        } else if (!value.isNull() && !value.isMissingNode()) {
            throw new CheckpointException(file + ": chat_template is neither a string nor a list");
        }
        return templates;
    }

    private static void put(Map<String, String> templates, String name, String template) {
        if (template.length() > JsonFiles.TEMPLATE_BYTES_MAX || templates.size() == TEMPLATES_MAX) {
            throw new CheckpointException("the checkpoint has more than " + TEMPLATES_MAX
                    + " chat templates, or one above " + JsonFiles.TEMPLATE_BYTES_MAX + " characters");
        }
        templates.put(name, template);
    }
}
