package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/** Arrays of token ids. */
final class TokenIds {
    private TokenIds() {}

    /** Ids of at least 0; whether they are in a vocabulary is not yet known. */
    static List<Integer> parse(ArrayNode array, String path) {
        List<Integer> ids = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            JsonNode item = array.get(i);
            boolean valid = item.isIntegralNumber() && item.canConvertToInt() && item.intValue() >= 0;
            if (!valid) {
                // The path is spelled only where it is needed: these arrays are long.
                String at = path + "[" + i + "]";
                throw item.isIntegralNumber()
                        ? Fields.invalid(at, Shown.value(item) + " is not within 0 to " + Integer.MAX_VALUE)
                        : Fields.wrongType(at, "a token id", item);
            }
            ids.add(item.intValue());
        }
        return ids;
    }
}
