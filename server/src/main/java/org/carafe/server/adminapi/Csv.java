package org.carafe.server.adminapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.List;
import org.carafe.server.admin.AdminJson;

/** Rows as CSV (RFC 4180), the same values as in JSON. */
final class Csv {
    private static final ObjectReader JSON = new ObjectMapper()
            .readerFor(JsonNode.class)
            // An amount through a double would come out otherwise than in JSON.
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private Csv() {}

    /** @param columns names of the rows' fields in JSON */
    static String of(List<String> columns, List<?> rows) {
        StringBuilder out = new StringBuilder();
        line(out, columns);
        try {
            for (JsonNode row : JSON.<JsonNode>readValue(AdminJson.text(rows))) {
                line(out, columns.stream().map(column -> cell(row.get(column))).toList());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was written as JSON is none", e);
        }
        return out.toString();
    }

    private static String cell(JsonNode value) {
        if (value == null || value.isNull()) {
            return "";
        }
        if (value.isNumber()) {
            return value.decimalValue().toPlainString();
        }
        String text = value.asText();
        // A spreadsheet would run a name that looks like a formula.
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return formula ? "'" + text : text;
    }

    private static void line(StringBuilder out, List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            out.append(i == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        out.append("\r\n");
    }
}
