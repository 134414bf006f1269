package org.carafe.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A YAML file of settings: one mapping, keys as the long flags without their dashes ({@code port: 8080}). It becomes the same
 * arguments that flags are, so both are checked by one parser; flags come later and win.
 */
public final class ConfigFile {
    private static final long BYTES_MAX = 1 << 20;

    private ConfigFile() {}

    /**
     * The file as arguments, {@code --key=value} each.
     *
     * @throws SettingException the file cannot be read, or is not such a mapping
     */
    public static List<String> arguments(Path file) {
        JsonNode root = read(file);
        if (root.isMissingNode() || root.isNull()) {
            return List.of();
        }
        if (!root.isObject()) {
            throw new SettingException(file + ": a configuration file is a mapping of settings, such as 'port: 8080'");
        }
        List<String> arguments = new ArrayList<>();
        root.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (!value.isValueNode() || value.isNull()) {
                throw new SettingException(file + ": " + entry.getKey() + ": one plain value is needed");
            }
            arguments.add("--" + entry.getKey() + "=" + text(value));
        });
        return List.copyOf(arguments);
    }

    /** YAML 1.1 reads a bare {@code on} or {@code off} as a truth value; flags are spelled on and off. */
    private static String text(JsonNode value) {
        return value.isBoolean() ? (value.booleanValue() ? "on" : "off") : value.asText();
    }

    private static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new SettingException(file + ": no such configuration file");
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new SettingException(file + ": a configuration file has at most " + new ByteSize(BYTES_MAX));
            }
            YAMLMapper mapper = YAMLMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .build();
            return mapper.readTree(Files.readString(file, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new SettingException(file + (line > 0 ? ", line " + line : "") + ": not valid YAML: " + reason);
        } catch (IOException e) {
            throw new SettingException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
