package org.carafe.server.catalogue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one mapping, each with type and range; what was never asked for is unknown. Not thread-safe. */
final class YamlFields {
    private static final int SHOWN_CHARS_MAX = 60;

    private final String file;
    private final Yaml.Mapping mapping;
    private final Set<String> known = new HashSet<>();

    YamlFields(String file, Yaml.Mapping mapping) {
        this.file = file;
        this.mapping = mapping;
    }

    /** Of a value that must be a mapping. */
    static YamlFields of(String file, Yaml value, String what) {
        if (value instanceof Yaml.Mapping mapping) {
            return new YamlFields(file, mapping);
        }
        throw Yaml.fault(file, value.line(), what);
    }

    @Nullable
    Yaml value(String name) {
        known.add(name);
        return mapping.values().get(name);
    }

    /** A value that must be there. */
    Yaml required(String name) {
        Yaml value = value(name);
        if (value == null) {
            throw Yaml.fault(file, mapping.line(), "'" + name + "' is missing");
        }
        return value;
    }

    /** Text of 1 to {@code charsMax} characters without blanks around it. */
    @Nullable
    String text(String name, int charsMax) {
        Yaml value = value(name);
        return value == null ? null : text(value, name, charsMax);
    }

    String text(Yaml value, String name, int charsMax) {
        String text = scalar(value, name).text();
        if (text.isEmpty() || text.length() > charsMax || !text.equals(text.strip()) || hasControls(text)) {
            throw invalid(value, name, text, "1 to " + charsMax + " characters without blanks around them");
        }
        return text;
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** A whole number that must be there. */
    int requiredInteger(String name, int min, int max) {
        Yaml value = required(name);
        String text = scalar(value, name).text();
        String wanted = "a whole number from " + min + " to " + max;
        if (!text.matches("[0-9]{1,10}")) {
            throw invalid(value, name, text, wanted);
        }
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw invalid(value, name, text, wanted);
        }
        return (int) number;
    }

    /** Credits with at most six decimals, in micro-credits. */
    @Nullable
    Long micros(String name) {
        Yaml value = value(name);
        if (value == null) {
            return null;
        }
        String text = scalar(value, name).text();
        String wanted = "credits for a million tokens, such as 0.5, with at most 6 decimals";
        try {
            long micros = Credits.parse(text);
            if (micros >= 0) {
                return micros;
            }
        } catch (IllegalArgumentException e) {
            // said below, with the line
        }
        throw invalid(value, name, text, wanted);
    }

    /** The values of a list; none where it is absent. */
    List<Yaml> items(String name, int itemsMax) {
        Yaml value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Yaml.Items items)) {
            throw Yaml.fault(file, value.line(), "'" + name + "' must be a list");
        }
        if (items.values().size() > itemsMax) {
            throw Yaml.fault(
                    file,
                    value.line(),
                    "'" + name + "' has " + items.values().size() + " items; the limit is " + itemsMax);
        }
        return items.values();
    }

    /** Complains about the first name that nobody asked for. */
    void noMore() {
        List<String> names = new ArrayList<>(mapping.values().keySet());
        names.removeAll(known);
        if (!names.isEmpty()) {
            String name = names.getFirst();
            Yaml value = mapping.values().get(name);
            throw Yaml.fault(
                    file,
                    value == null ? mapping.line() : value.line(),
                    "'" + shortened(name) + "' is unknown; known are "
                            + String.join(", ", known.stream().sorted().toList()));
        }
    }

    int line() {
        return mapping.line();
    }

    private Yaml.Scalar scalar(Yaml value, String name) {
        if (value instanceof Yaml.Scalar scalar) {
            return scalar;
        }
        throw Yaml.fault(file, value.line(), "'" + name + "' must be one plain value");
    }

    private SettingException invalid(Yaml value, String name, String text, String wanted) {
        return Yaml.fault(file, value.line(), "'" + name + "' must be " + wanted + ", not '" + shortened(text) + "'");
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() > SHOWN_CHARS_MAX ? line.substring(0, SHOWN_CHARS_MAX) + "…" : line;
    }
}
