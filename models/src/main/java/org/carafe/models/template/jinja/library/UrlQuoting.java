package org.carafe.models.template.jinja.library;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.DictView;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;

/** The urlencode filter. */
final class UrlQuoting {
    private UrlQuoting() {}

    static Value encode(Execution execution, Value subject) {
        Iterator<Value> pairs = subject instanceof Text ? null : Sequences.iterateOrNull(subject);
        if (pairs == null) {
            Text text = Repr.str(subject, execution);
            return text.derived(quote(execution, text.chars(), "/", false)).asMarkup(false);
        }
        if (subject instanceof DictValue dict) {
            pairs = Sequences.iterate(new DictView(dict, DictView.Kind.ITEMS));
        }
        TextBuilder out = new TextBuilder(execution);
        while (pairs.hasNext()) {
            List<Value> pair = Sequences.toList(pairs.next(), execution);
            if (pair.size() != 2) {
                throw Errors.value("expected pairs of key and value to urlencode");
            }
            if (out.length() > 0) {
                out.append('&');
            }
            Text key = Repr.str(pair.get(0), execution);
            Text value = Repr.str(pair.get(1), execution);
            out.appendDerived(quote(execution, key.chars(), "", true), key).append('=');
            out.appendDerived(quote(execution, value.chars(), "", true), value);
        }
        return out.toText();
    }

    private static String quote(Execution execution, String text, String safe, boolean plusForSpace) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        execution.spendChars(bytes.length * 3L);
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte each : bytes) {
            char unit = (char) (each & 0xff);
            if (isUnreserved(unit) || safe.indexOf(unit) >= 0) {
                out.append(unit);
            } else if (unit == ' ' && plusForSpace) {
                out.append('+');
            } else {
                out.append(String.format("%%%02X", (int) unit));
            }
        }
        return out.toString();
    }

    private static boolean isUnreserved(char unit) {
        return (unit < 0x80 && Character.isLetterOrDigit(unit)) || "_.-~".indexOf(unit) >= 0;
    }
}
