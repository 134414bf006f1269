package org.carafe.models.template.jinja.value;

import java.util.List;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.TemplateLimits;

/** Python's {@code str()} and {@code repr()}. */
public final class Repr {
    /** Depth one level of nested values takes: two stack frames. */
    private static final int LEVELS = 2;

    private Repr() {}

    /** {@code str(value)}: never a Markup. */
    public static Text str(Value value, Execution execution) {
        return switch (value) {
            case Text text -> text.asMarkup(false);
            case Undefined undefined -> Text.EMPTY;
            case IntValue number -> Text.of(number.toString());
            case BoolValue bool -> Text.of(bool == BoolValue.TRUE ? "True" : "False");
            case NoneValue none -> Text.of("None");
            case FloatValue number -> Text.of(FloatFormat.repr(number.value()));
            default -> repr(value, execution);
        };
    }

    /** {@code soft_str(value)}: like str, but a Markup stays one. */
    public static Text softStr(Value value, Execution execution) {
        return value instanceof Text text ? text : str(value, execution);
    }

    public static Text repr(Value value, Execution execution) {
        TextBuilder out = new TextBuilder(execution);
        append(value, out, execution);
        return out.toText();
    }

    private static void append(Value value, TextBuilder out, Execution execution) {
        switch (value) {
            case Text text -> {
                if (text.isMarkup()) {
                    out.append("Markup(")
                            .appendDerived(quote(text.chars()), text)
                            .append(')');
                } else {
                    out.appendDerived(quote(text.chars()), text);
                }
            }
            case Undefined undefined -> out.append("Undefined");
            case IntValue number -> out.append(number.toString());
            case BoolValue bool -> out.append(bool == BoolValue.TRUE ? "True" : "False");
            case NoneValue none -> out.append("None");
            case FloatValue number -> out.append(FloatFormat.repr(number.value()));
            case ListValue list -> appendAll(list.items(), '[', "]", out, execution);
            case TupleValue tuple ->
                appendAll(tuple.items(), '(', tuple.items().size() == 1 ? ",)" : ")", out, execution);
            case DictValue dict -> appendDict(dict, out, execution);
            case DictView view -> {
                out.append(view.typeName()).append('(');
                appendAll(view.dict().entries().stream().map(view::project).toList(), '[', "]", out, execution);
                out.append(')');
            }
            case RangeValue range -> {
                out.append("range(" + range.start() + ", " + range.stop());
                out.append(range.step() == 1 ? ")" : ", " + range.step() + ")");
            }
            case GeneratorValue generator -> out.append("<" + generator.typeName() + " object>");
            case Namespace namespace -> {
                out.append("<Namespace ");
                appendDict(namespace.toDict(), out, execution);
                out.append('>');
            }
            case ObjectValue object -> out.append(object.describe());
        }
    }

    private static void appendAll(List<Value> items, char open, String close, TextBuilder out, Execution execution) {
        execution.enter(LEVELS);
        execution.spend(items.size());
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            append(items.get(i), out, execution);
        }
        out.append(close);
        execution.leave(LEVELS);
    }

    private static void appendDict(DictValue dict, TextBuilder out, Execution execution) {
        execution.enter(LEVELS);
        execution.spend(dict.size());
        out.append('{');
        String separator = "";
        for (DictValue.Entry entry : dict.entries()) {
            out.append(separator);
            append(entry.key(), out, execution);
            out.append(": ");
            append(entry.value(), out, execution);
            separator = ", ";
        }
        out.append('}');
        execution.leave(LEVELS);
    }

    /** The repr of a name or key for an error message, shortened. */
    static String brief(Value value) {
        String text = repr(value, new Execution(TemplateLimits.DEFAULT)).chars();
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    /** {@code repr(str)}: in single quotes unless that needs an escape which double quotes would not. */
    public static String quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            switch (codePoint) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (codePoint == quote) {
                        out.append('\\').append(quote);
                    } else if (Characters.isPrintable(codePoint)) {
                        out.appendCodePoint(codePoint);
                    } else if (codePoint < 0x100) {
                        out.append(String.format("\\x%02x", codePoint));
                    } else if (codePoint < 0x10000) {
                        out.append(String.format("\\u%04x", codePoint));
                    } else {
                        out.append(String.format("\\U%08x", codePoint));
                    }
                }
            }
        }
        return out.append(quote).toString();
    }
}
