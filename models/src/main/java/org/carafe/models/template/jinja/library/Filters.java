package org.carafe.models.template.jinja.library;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.GeneratorValue;
import org.carafe.models.template.jinja.value.IntValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The filters of Jinja2 3.1, with transformers' tojson. */
public final class Filters {
    private static final Map<String, Filter> FILTERS = new HashMap<>();

    /** What a filter with a fixed signature does; arguments that were left out are null. */
    @FunctionalInterface
    interface Body {
        Value apply(Execution execution, Value subject, @Nullable Value[] arguments);
    }

    static {
        strings();
        numbers();
        sequences();
        lazySequences();
        others();
        for (String name : new String[] {"pprint", "random", "urlize"}) {
            FILTERS.put(name, (execution, subject, arguments) -> {
                throw Errors.unsupported("filter '" + name + "' is not supported");
            });
        }
    }

    private Filters() {}

    public static @Nullable Filter find(String name) {
        return FILTERS.get(name);
    }

    private static void define(String name, Body body, String... parameters) {
        Signature signature = Signature.of(name, parameters);
        FILTERS.put(name, (execution, subject, arguments) -> body.apply(execution, subject, signature.bind(arguments)));
    }

    private static void alias(String name, String of) {
        Filter filter = FILTERS.get(of);
        if (filter == null) {
            throw new IllegalStateException("no filter " + of);
        }
        FILTERS.put(name, filter);
    }

    /** A filter that is a method of str on {@code soft_str(subject)}. */
    private static void method(String name, String method, String... parameters) {
        Signature signature = Signature.of(name, parameters);
        Method<Text> found = StringMethods.find(method);
        if (found == null) {
            throw new IllegalStateException("no method " + method);
        }
        FILTERS.put(name, (execution, subject, arguments) -> {
            Value[] bound = signature.bind(arguments);
            List<Value> given = Arrays.stream(bound).filter(Objects::nonNull).toList();
            return StringMethods.call(
                    execution, method, found, Repr.softStr(subject, execution), new Arguments(given, Map.of()));
        });
    }

    private static void strings() {
        define("string", (x, subject, a) -> Repr.softStr(subject, x));
        method("upper", "upper");
        method("lower", "lower");
        method("capitalize", "capitalize");
        method("trim", "strip", "chars?");
        define(
                "center",
                (x, subject, a) -> TextPadding.center(x, Repr.softStr(subject, x), Bound.integer(a[0], 80)),
                "width?");
        define("title", (x, subject, a) -> TextFilters.title(x, Repr.softStr(subject, x)));
        define("replace", TextFilters::replace, "old", "new", "count?");
        define("indent", TextFilters::indent, "width?", "first?", "blank?");
        define("truncate", TextFilters::truncate, "length?", "killwords?", "end?", "leeway?");
        define("wordwrap", TextFilters::wordWrap, "width?", "break_long_words?", "wrapstring?", "break_on_hyphens?");
        define("wordcount", (x, subject, a) -> TextFilters.wordCount(x, Repr.softStr(subject, x)));
        define("striptags", (x, subject, a) -> TextFilters.stripTags(x, Repr.str(subject, x)));
        define("urlencode", (x, subject, a) -> UrlQuoting.encode(x, subject));
        define("xmlattr", TextFilters::xmlAttributes, "autospace?");
        define("escape", (x, subject, a) -> Markup.escape(subject, x));
        alias("e", "escape");
        define("forceescape", (x, subject, a) -> Markup.forceEscape(Repr.str(subject, x), x));
        define("safe", (x, subject, a) -> Repr.str(subject, x).asMarkup(true));
        FILTERS.put("format", (x, subject, arguments) -> TextFilters.format(x, subject, arguments));
    }

    private static void numbers() {
        define("abs", (x, subject, a) -> NumberFilters.abs(subject));
        define("int", (x, subject, a) -> NumberFilters.toInt(subject, a), "default?", "base?");
        define("float", (x, subject, a) -> NumberFilters.toFloat(subject, a), "default?");
        define("round", (x, subject, a) -> NumberFilters.round(x, subject, a), "precision?", "method?");
        define("filesizeformat", (x, subject, a) -> NumberFilters.fileSize(subject, Bound.truth(a[0])), "binary?");
        define("sum", NumberFilters::sum, "attribute?", "start?");
    }

    private static void sequences() {
        define("length", (x, subject, a) -> IntValue.of(Sequences.length(subject)));
        alias("count", "length");
        define("first", (x, subject, a) -> SequenceFilters.first(subject));
        define("last", (x, subject, a) -> SequenceFilters.last(x, subject));
        define("list", (x, subject, a) -> new ListValue(Sequences.toList(subject, x)));
        define("reverse", (x, subject, a) -> SequenceFilters.reverse(x, subject));
        define("join", SequenceFilters::join, "d?", "attribute?");
        define("sort", SequenceFilters::sort, "reverse?", "case_sensitive?", "attribute?");
        define("dictsort", SequenceFilters::dictSort, "case_sensitive?", "by?", "reverse?");
        define(
                "min",
                (x, subject, a) -> SequenceFilters.extreme(x, subject, a, false),
                "case_sensitive?",
                "attribute?");
        define("max", (x, subject, a) -> SequenceFilters.extreme(x, subject, a, true), "case_sensitive?", "attribute?");
        define("groupby", SequenceFilters::groupBy, "attribute", "default?", "case_sensitive?");
    }

    private static void lazySequences() {
        define("items", (x, subject, a) -> new GeneratorValue(LazyFilters.items(subject)));
        define("unique", LazyFilters::unique, "case_sensitive?", "attribute?");
        define("batch", LazyFilters::batch, "linecount", "fill_with?");
        define("slice", LazyFilters::slice, "slices", "fill_with?");
        FILTERS.put("map", LazyFilters::map);
        FILTERS.put("select", (x, subject, arguments) -> LazyFilters.select(x, subject, arguments, true, false));
        FILTERS.put("reject", (x, subject, arguments) -> LazyFilters.select(x, subject, arguments, false, false));
        FILTERS.put("selectattr", (x, subject, arguments) -> LazyFilters.select(x, subject, arguments, true, true));
        FILTERS.put("rejectattr", (x, subject, arguments) -> LazyFilters.select(x, subject, arguments, false, true));
    }

    private static void others() {
        define(
                "default",
                (x, subject, a) -> {
                    boolean absent = subject instanceof Undefined || (Bound.truth(a[1]) && !subject.truth());
                    return absent ? Bound.or(a[0], Text.EMPTY) : subject;
                },
                "default_value?",
                "boolean?");
        alias("d", "default");
        define("attr", (x, subject, a) -> attribute(subject, Bound.text(a[0], "attribute name")), "name");
        define(
                "tojson",
                (x, subject, a) -> Json.dumps(x, subject, a),
                "ensure_ascii?",
                "indent?",
                "separators?",
                "sort_keys?");
    }

    private static Value attribute(Value subject, Text name) {
        return Attributes.has(subject, name.chars())
                ? Attributes.getAttribute(subject, name, name.chars())
                : Undefined.missing(subject, name);
    }
}
