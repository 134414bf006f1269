package org.carafe.server.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.carafe.server.admin.AdminJson;
import org.jspecify.annotations.Nullable;

/** Rows in columns that stand under each other, in 80 characters where that can be: long texts are cut, numbers and ids never. */
final class Table {
    private static final int WIDTH_MAX = 80;
    private static final int CUT_WIDTH_MIN = 8;
    private static final String GAP = "  ";

    private Table() {}

    private record Column(String header, List<String> cells, boolean numbers, boolean cuttable) {
        int width() {
            return cells.stream().mapToInt(Table::characters).reduce(characters(header), Math::max);
        }
    }

    /**
     * A table of an array of objects.
     *
     * @param columns paths such as {@code limits.requests_per_minute}, with another heading after a colon; a {@code ~} before one lets it
     *     be cut
     */
    static String text(JsonNode rows, String... columns) {
        if (rows.isEmpty()) {
            return "none\n";
        }
        List<Column> table = new ArrayList<>();
        for (String column : columns) {
            table.add(column(rows, column));
        }
        int[] widths = widths(table);
        StringBuilder text = new StringBuilder();
        for (int row = -1; row < rows.size(); row++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                Column column = table.get(i);
                String cell = row < 0 ? column.header() : column.cells().get(row);
                line.append(i == 0 ? "" : GAP).append(fit(cell, widths[i], column.numbers()));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The same of a page of a longer list; its last line says how to go on. */
    static String page(List<?> rows, @Nullable String nextCursor, String... columns) {
        return text(AdminJson.tree(rows), columns) + (nextCursor == null ? "" : "more: --cursor " + nextCursor + "\n");
    }

    private static Column column(JsonNode rows, String given) {
        boolean cuttable = given.startsWith("~");
        String[] parts = given.substring(cuttable ? 1 : 0).split(":", 2);
        String pointer = "/" + parts[0].replace('.', '/');
        String header = parts.length == 2 ? parts[1] : parts[0];
        List<String> cells = new ArrayList<>();
        boolean numbers = false;
        for (JsonNode row : rows) {
            JsonNode value = row.at(pointer);
            numbers |= value.isNumber();
            cells.add(Facts.value(value));
        }
        return new Column(header.replace('_', ' ').toUpperCase(Locale.ROOT), cells, numbers, cuttable);
    }

    /** The widest that may be cut gives way first. */
    private static int[] widths(List<Column> table) {
        int[] widths = table.stream().mapToInt(Column::width).toArray();
        int total = GAP.length() * (widths.length - 1);
        for (int width : widths) {
            total += width;
        }
        while (total > WIDTH_MAX) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                boolean fits = table.get(i).cuttable() && widths[i] > CUT_WIDTH_MIN;
                if (fits && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
            total--;
        }
        return widths;
    }

    private static String fit(String cell, int width, boolean right) {
        int length = characters(cell);
        if (length > width) {
            return cell.substring(0, cell.offsetByCodePoints(0, width - 1)) + "…";
        }
        String blanks = " ".repeat(width - length);
        return right ? blanks + cell : cell + blanks;
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }
}
