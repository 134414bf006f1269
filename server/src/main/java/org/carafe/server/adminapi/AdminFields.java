package org.carafe.server.adminapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.server.accounts.Limits;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.Credits;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.Shown;
import org.jspecify.annotations.Nullable;

/** Fields of a body as the acts take them. Only sizes are checked here that the acts do not check. Not thread-safe. */
final class AdminFields {
    private static final int TEXT_CHARS_MAX = 100_000;
    private static final int ITEMS_MAX = 1000;
    private static final int ENTRIES_MAX = 100;
    /** Decimal digits that survive a JSON number's way through a double. */
    private static final int NUMBER_DIGITS_MAX = 15;

    private final Fields fields;

    private AdminFields(Fields fields) {
        this.fields = fields;
    }

    static AdminFields of(ObjectNode body) {
        return new AdminFields(new Fields(body, ""));
    }

    /** True if the field is there, be it with a null. */
    boolean has(String name) {
        return fields.has(name);
    }

    @Nullable
    String text(String name) {
        return fields.text(name, TEXT_CHARS_MAX);
    }

    String requiredText(String name) {
        return fields.requiredText(name, TEXT_CHARS_MAX);
    }

    /** Credits, as a number or as text with any number of digits, in micro-credits. */
    @Nullable
    Long micros(String name) {
        JsonNode value = fields.value(name);
        return value == null ? null : micros(value, name);
    }

    long requiredMicros(String name) {
        return micros(fields.required(name), name);
    }

    private static long micros(JsonNode value, String name) {
        try {
            if (value.isTextual()) {
                return Credits.parse(value.textValue());
            }
            if (!value.isNumber()) {
                throw Fields.wrongType(name, "a number of credits", value);
            }
            BigDecimal credits = value.decimalValue();
            if (!value.isIntegralNumber() && credits.stripTrailingZeros().precision() > NUMBER_DIGITS_MAX) {
                throw Fields.invalid(name, "a number with so many digits is not exact in JSON; send it as a string");
            }
            return Credits.micros(credits);
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(name, String.valueOf(e.getMessage()));
        }
    }

    @Nullable
    Long number(String name) {
        return fields.longInteger(name, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    int integer(String name, int fallback) {
        return fields.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE, fallback);
    }

    @Nullable
    Instant instant(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Fields.invalid(name, Shown.text(text, 60) + " is not an instant such as 2026-11-21T00:00:00Z");
        }
    }

    Duration seconds(String name, Duration fallback) {
        Long seconds = fields.longInteger(name, 0, Integer.MAX_VALUE);
        return seconds == null ? fallback : Duration.ofSeconds(seconds);
    }

    /** A list of texts; null where it is absent. */
    @Nullable
    List<String> texts(String name) {
        ArrayNode array = fields.array(name, ITEMS_MAX);
        if (array == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            texts.add(Fields.text(array.get(i), name + "[" + i + "]", TEXT_CHARS_MAX));
        }
        return texts;
    }

    /** Texts by name; none where it is absent. */
    Map<String, String> metadata() {
        ObjectNode object = fields.object("metadata");
        Map<String, String> texts = new TreeMap<>();
        if (object != null) {
            bounded(object, "metadata");
            object.properties()
                    .forEach(entry -> texts.put(
                            entry.getKey(),
                            Fields.text(entry.getValue(), "metadata." + entry.getKey(), TEXT_CHARS_MAX)));
        }
        return texts;
    }

    /** Numbers by name; none where it is absent. */
    Map<String, Number> numbers(String name) {
        ObjectNode object = fields.object(name);
        Map<String, Number> numbers = new TreeMap<>();
        if (object != null) {
            bounded(object, name);
            object.properties().forEach(entry -> {
                String at = name + "." + entry.getKey();
                if (!entry.getValue().isNumber()) {
                    throw Fields.wrongType(at, "a number", entry.getValue());
                }
                numbers.put(entry.getKey(), entry.getValue().numberValue());
            });
        }
        return numbers;
    }

    private static void bounded(ObjectNode object, String name) {
        if (object.size() > ENTRIES_MAX) {
            throw Fields.invalid(name, "it has " + object.size() + " entries; the limit is " + ENTRIES_MAX);
        }
    }

    /** Limits, those that are not said as in {@code before}; a null is no limit. */
    Limits limits(Limits before) {
        ObjectNode object = fields.object("limits");
        if (object == null) {
            return fields.has("limits") ? Limits.NONE : before;
        }
        AdminFields inside = new AdminFields(new Fields(object, "limits."));
        Limits limits = new Limits(
                inside.numberOr("requests_per_minute", before.requestsPerMinute()),
                inside.numberOr("tokens_per_minute", before.tokensPerMinute()),
                inside.numberOr("requests_per_day", before.requestsPerDay()),
                inside.numberOr("tokens_per_day", before.tokensPerDay()),
                inside.numberOr("concurrent_max", before.concurrentMax()));
        inside.end();
        return limits;
    }

    private @Nullable Long numberOr(String name, @Nullable Long before) {
        return fields.has(name) ? number(name) : before;
    }

    /** To be called when all fields were asked for: complains about the first that nobody knows. */
    void end() {
        List<String> unknown = fields.unknown();
        if (!unknown.isEmpty()) {
            String name = Shown.text(unknown.getFirst(), 60);
            throw new ApiException(ErrorKind.UNKNOWN_FIELD, "Unknown field '" + name + "'.", name);
        }
    }
}
