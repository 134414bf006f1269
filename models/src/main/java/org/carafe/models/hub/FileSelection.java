package org.carafe.models.hub;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which files of a repository make a checkpoint. */
final class FileSelection {
    private static final Set<String> TEXT_FILES = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.json",
            "chat_template.jinja",
            "model.safetensors.index.json");

    private FileSelection() {}

    /** Configuration, tokenizer, templates and weights; small files first, so that a model that can't be served fails early. */
    static List<HubFile> of(HubId id, List<HubFile> files) {
        List<HubFile> weights = weights(id, files);
        List<HubFile> texts = id.ggufFile() != null || isGguf(weights.getFirst())
                ? List.of()
                : files.stream().filter(FileSelection::isText).toList();
        return Stream.concat(texts.stream(), weights.stream()).toList();
    }

    private static boolean isText(HubFile file) {
        return TEXT_FILES.contains(file.path())
                || (file.path().startsWith("additional_chat_templates/")
                        && file.path().endsWith(".jinja"));
    }

    private static List<HubFile> weights(HubId id, List<HubFile> files) {
        if (id.ggufFile() != null) {
            return List.of(files.stream()
                    .filter(file -> file.path().equals(id.ggufFile()))
                    .findFirst()
                    .orElseThrow(() ->
                            new HubException(id.repository() + " has no file " + id.ggufFile() + ": " + ggufs(files))));
        }
        List<HubFile> safetensors = files.stream()
                .filter(file -> file.path().startsWith("model")
                        && !file.path().contains("/")
                        && file.path().endsWith(".safetensors"))
                .toList();
        if (!safetensors.isEmpty()) {
            return safetensors;
        }
        List<HubFile> ggufs = files.stream().filter(FileSelection::isGguf).toList();
        if (ggufs.size() == 1) {
            return ggufs;
        }
        throw new HubException(
                ggufs.isEmpty()
                        ? id + " has no safetensors (model*.safetensors) and no GGUF file"
                        : id + " has several GGUF files, name one as " + id + ":FILE: " + ggufs(files));
    }

    private static boolean isGguf(HubFile file) {
        return !file.path().contains("/") && file.lowerName().endsWith(".gguf");
    }

    private static String ggufs(List<HubFile> files) {
        return String.join(
                ", ",
                files.stream()
                        .filter(FileSelection::isGguf)
                        .map(HubFile::path)
                        .limit(20)
                        .toList());
    }
}
