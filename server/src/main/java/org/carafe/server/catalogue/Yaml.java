package org.carafe.server.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carafe.server.config.SettingException;
import org.jspecify.annotations.Nullable;

/** A YAML value that knows its line, so that a complaint can say where. Anchors and aliases are refused: a file stays as large as it is. */
sealed interface Yaml {
    /** Deepest nesting. */
    int DEPTH_MAX = 8;

    /** Counted from 1. */
    int line();

    /** One plain value, as it was written. */
    record Scalar(String text, int line) implements Yaml {}

    /** A list. */
    record Items(List<Yaml> values, int line) implements Yaml {}

    /** Names to values, in the file's order. */
    record Mapping(Map<String, Yaml> values, int line) implements Yaml {}

    /**
     * Reads a text.
     *
     * @param file for messages
     * @return null where there is nothing but comments
     * @throws SettingException one line with the file and the line of the fault
     */
    static @Nullable Yaml read(String file, String text) {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return null;
            }
            Yaml value = value(file, parser, 0);
            if (parser.nextToken() != null) {
                throw fault(file, line(parser), "one document is all there is in such a file");
            }
            return value;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw fault(file, line, "not valid YAML: " + reason);
        } catch (IOException e) {
            throw new SettingException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private static Yaml value(String file, YAMLParser parser, int depth) throws IOException {
        int line = line(parser);
        if (depth > DEPTH_MAX) {
            throw fault(file, line, "it is nested deeper than " + DEPTH_MAX);
        }
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            throw fault(file, line, "anchors and aliases (& and *) are not understood");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(file, parser, depth, line);
            case START_ARRAY -> {
                List<Yaml> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(file, parser, depth + 1));
                }
                yield new Items(List.copyOf(items), line);
            }
            default -> new Scalar(parser.getText(), line);
        };
    }

    private static Yaml mapping(String file, YAMLParser parser, int depth, int line) throws IOException {
        Map<String, Yaml> values = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            int nameLine = line(parser);
            parser.nextToken();
            if (values.put(name, value(file, parser, depth + 1)) != null) {
                throw fault(file, nameLine, "'" + name + "' is said twice");
            }
        }
        return new Mapping(values, line);
    }

    private static int line(YAMLParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    /** A complaint about a line. */
    static SettingException fault(String file, int line, String what) {
        return new SettingException(file + (line > 0 ? ", line " + line : "") + ": " + what);
    }
}
