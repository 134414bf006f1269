package org.carafe.models.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.carafe.models.CheckpointException;
import org.jspecify.annotations.Nullable;

/**
 * Parses and checks the JSON header of a safetensors file as the format defines it: known dtypes, bytes that match shapes, and data
 * that covers the rest of the file without holes or overlaps. Streams, so that a hostile header costs no more than its own bytes.
 */
final class SafetensorsHeader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int TENSORS_MAX = 1_000_000;
    private static final int RANK_MAX = 16;

    private final String file;

    private SafetensorsHeader(String file) {
        this.file = file;
    }

    /**
     * A tensor as the header describes it.
     *
     * @param begin offset in the data section, bytes
     * @param end exclusive
     */
    record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {}

    /**
     * Reads a header.
     *
     * @param file for messages
     * @param json the header's bytes
     * @param dataBytes length of the data section
     * @throws CheckpointException naming what is wrong
     */
    static Map<String, Entry> parse(String file, byte[] json, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader(file);
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            header.expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                header.expect(parser.nextToken(), JsonToken.START_OBJECT, name);
                if (name.equals("__metadata__")) {
                    parser.skipChildren();
                } else {
                    entries.put(name, header.entry(name, parser));
                }
                if (entries.size() > TENSORS_MAX) {
                    throw header.bad("has more than " + TENSORS_MAX + " tensors");
                }
            }
            if (parser.nextToken() != null) {
                throw header.bad("has a header with text after its JSON object");
            }
        } catch (IOException e) {
            String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new CheckpointException(file + " has a header that is not JSON: " + problem, e);
        }
        header.checkCoverage(entries, dataBytes);
        return entries;
    }

    private Entry entry(String name, JsonParser parser) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "dtype" -> {
                    expect(parser.currentToken(), JsonToken.VALUE_STRING, name + ": dtype");
                    dtype = parser.getText();
                }
                case "shape" -> shape = longs(name + ": shape", parser);
                case "data_offsets" -> offsets = longs(name + ": data_offsets", parser);
                default -> throw bad("has a header with an unknown key in " + shorten(name) + ": " + shorten(key));
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw bad("has a header where " + shorten(name) + " lacks dtype, shape or two data_offsets");
        }
        return checked(name, ElementType.of(dtype), dtype, shape, offsets.get(0), offsets.get(1));
    }

    private Entry checked(
            String name, @Nullable ElementType type, String dtype, List<Long> shape, long begin, long end) {
        if (type == null) {
            throw bad("has tensor " + shorten(name) + " of unknown dtype " + shorten(dtype));
        }
        long bits = type.bits();
        for (long dimension : shape) {
            try {
                bits = Math.multiplyExact(bits, dimension);
            } catch (ArithmeticException e) {
                throw new CheckpointException(
                        file + " has tensor " + shorten(name) + " of impossible shape " + shape, e);
            }
        }
        if (begin > end || bits % 8 != 0 || end - begin != bits / 8) {
            throw bad(String.format(
                    Locale.ROOT,
                    "has tensor %s of dtype %s and shape %s, which needs %d bytes, at data_offsets [%d, %d]",
                    shorten(name),
                    dtype,
                    shape,
                    bits / 8,
                    begin,
                    end));
        }
        return new Entry(name, type, shape, begin, end);
    }

    private List<Long> longs(String what, JsonParser parser) throws IOException {
        expect(parser.currentToken(), JsonToken.START_ARRAY, what);
        List<Long> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || parser.getLongValue() < 0
                    || values.size() == RANK_MAX) {
                throw bad("has a header with an impossible " + shorten(what));
            }
            values.add(parser.getLongValue());
        }
        return values;
    }

    private void checkCoverage(Map<String, Entry> entries, long dataBytes) {
        List<Entry> byOffset = new ArrayList<>(entries.values());
        byOffset.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : byOffset) {
            if (entry.begin() != end) {
                String relation = entry.begin() < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw bad("has tensor " + shorten(entry.name()) + ", which " + relation);
            }
            end = entry.end();
        }
        if (end > dataBytes) {
            throw bad("is truncated: its tensors take " + end + " bytes, the file holds " + dataBytes);
        }
        if (end < dataBytes) {
            throw bad("holds " + (dataBytes - end) + " bytes after its last tensor");
        }
    }

    private void expect(@Nullable JsonToken token, JsonToken expected, String what) {
        if (token != expected) {
            throw bad("has a header where " + shorten(what) + " is not as the safetensors format wants it");
        }
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(file + " " + problem);
    }

    private static String shorten(String name) {
        return name.length() > 120 ? name.substring(0, 120) + "..." : name;
    }
}
