package org.carafe.models.template.jinja.value;

import org.carafe.models.template.jinja.Execution;

/** markupsafe: text marked safe for HTML, to which plain text is escaped before it is added. */
public final class Markup {
    private Markup() {}

    /** {@code left + right}. */
    static Text add(Text left, Text right, Execution execution) {
        if (!left.isMarkup() && !right.isMarkup()) {
            return left.concat(right, execution);
        }
        return escape(left, execution).concat(escape(right, execution), execution);
    }

    /** markupsafe's {@code escape}: a Markup; text that is one already stays as it is. */
    public static Text escape(Value value, Execution execution) {
        Text text = Repr.softStr(value, execution);
        return text.isMarkup() ? text : forceEscape(text, execution);
    }

    public static Text forceEscape(Text text, Execution execution) {
        String chars = text.chars();
        TextBuilder out = new TextBuilder(execution, chars.length() + 16);
        int done = 0;
        for (int i = 0; i < chars.length(); i++) {
            String entity = entity(chars.charAt(i));
            if (entity != null) {
                out.append(text, done, i).appendDerived(entity, text);
                done = i + 1;
            }
        }
        return out.append(text, done, chars.length()).toText().asMarkup(true);
    }

    private static @org.jspecify.annotations.Nullable String entity(char unit) {
        return switch (unit) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> null;
        };
    }
}
