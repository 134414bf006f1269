package org.carafe.models.template.jinja.library;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Execution;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Characters;
import org.carafe.models.template.jinja.value.Markup;
import org.carafe.models.template.jinja.value.Signature;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The methods of str. */
public final class StringMethods {
    private static final Map<String, Method<Text>> METHODS = new HashMap<>();

    /** Methods of Markup that escape their arguments and return Markup. */
    private static final Set<String> MARKUP_SIMPLE = Set.of(
            "capitalize",
            "title",
            "lower",
            "upper",
            "replace",
            "ljust",
            "rjust",
            "lstrip",
            "rstrip",
            "center",
            "strip",
            "expandtabs",
            "swapcase",
            "zfill",
            "casefold",
            "removeprefix",
            "removesuffix");

    static {
        casing();
        searching();
        splitting();
        padding();
        predicates();
        define("format", Signature.positional("format"), (execution, self, arguments) -> self);
        unsupported("encode", "maketrans", "translate");
    }

    private StringMethods() {}

    /** The method by that name, or null. {@code format} and {@code format_map} are found, but called by {@link #call}. */
    public static @Nullable Method<Text> find(String name) {
        return METHODS.get(name);
    }

    /** Calls a method of a str or Markup. */
    public static Value call(Execution execution, String name, Method<Text> method, Text self, Arguments arguments) {
        if (name.equals("format")) {
            return FormatString.format(execution, self, arguments.positional(), arguments.keywords());
        }
        if (!self.isMarkup() || !MARKUP_SIMPLE.contains(name)) {
            return method.invoke(execution, self, arguments);
        }
        List<Value> escaped = arguments.positional().stream()
                .map(value -> value instanceof Text ? Markup.escape(value, execution) : value)
                .toList();
        Value result = method.invoke(execution, self, new Arguments(escaped, arguments.keywords()));
        return result instanceof Text text ? text.asMarkup(true) : result;
    }

    private static void define(String name, Signature signature, Method.Body<Text> body) {
        METHODS.put(name, new Method<>(signature, body));
    }

    private static void define(String name, Method.Body<Text> body, String... parameters) {
        define(name, Signature.positional(name, parameters), body);
    }

    private static void unsupported(String... names) {
        for (String name : names) {
            define(name, new Signature(name, List.of("a", "b", "c"), 0, true), (execution, self, arguments) -> {
                throw Errors.unsupported("str." + name + " is not supported");
            });
        }
    }

    private static void casing() {
        define("lower", (x, self, a) -> TextCase.lower(x, self));
        define("upper", (x, self, a) -> TextCase.upper(x, self));
        define("title", (x, self, a) -> TextCase.title(x, self));
        define("capitalize", (x, self, a) -> TextCase.capitalize(x, self));
        define("swapcase", (x, self, a) -> TextCase.swap(x, self));
        define("casefold", (x, self, a) -> TextCase.fold(x, self));
    }

    private static void searching() {
        define("find", (x, self, a) -> TextSearch.find(x, self, a, false), "sub", "start?", "end?");
        define("rfind", (x, self, a) -> TextSearch.find(x, self, a, true), "sub", "start?", "end?");
        define("index", (x, self, a) -> TextSearch.index(x, self, a, false), "sub", "start?", "end?");
        define("rindex", (x, self, a) -> TextSearch.index(x, self, a, true), "sub", "start?", "end?");
        define("count", (x, self, a) -> TextSearch.count(x, self, a), "sub", "start?", "end?");
        define("startswith", (x, self, a) -> TextSearch.affix("startswith", self, a, true), "prefix", "start?", "end?");
        define("endswith", (x, self, a) -> TextSearch.affix("endswith", self, a, false), "suffix", "start?", "end?");
        define("replace", (x, self, a) -> TextSearch.replace(x, self, a), "old", "new", "count?");
        define("removeprefix", (x, self, a) -> TextSearch.removePrefix(self, a), "prefix");
        define("removesuffix", (x, self, a) -> TextSearch.removeSuffix(self, a), "suffix");
    }

    private static void splitting() {
        define("strip", (x, self, a) -> TextTrim.strip(self, a[0], true, true), "chars?");
        define("lstrip", (x, self, a) -> TextTrim.strip(self, a[0], true, false), "chars?");
        define("rstrip", (x, self, a) -> TextTrim.strip(self, a[0], false, true), "chars?");
        define("split", Signature.of("split", "sep?", "maxsplit?"), (x, self, a) -> TextSplit.split(x, self, a));
        define(
                "rsplit",
                Signature.of("rsplit", "sep?", "maxsplit?"),
                (x, self, a) -> TextSplit.splitFromRight(x, self, a));
        define(
                "splitlines",
                Signature.of("splitlines", "keepends?"),
                (x, self, a) -> TextSplit.lines(x, self, Bound.truth(a[0])));
        define("partition", (x, self, a) -> TextSplit.partition(self, a, false), "sep");
        define("rpartition", (x, self, a) -> TextSplit.partition(self, a, true), "sep");
        define("join", (x, self, a) -> TextSplit.join(x, self, Bound.required(a, 0)), "iterable");
        define("format_map", (x, self, a) -> FormatString.formatMap(x, self, Bound.required(a, 0)), "mapping");
    }

    private static void padding() {
        define("center", (x, self, a) -> TextPadding.center(x, self, a), "width", "fillchar?");
        define("ljust", (x, self, a) -> TextPadding.left(x, self, a), "width", "fillchar?");
        define("rjust", (x, self, a) -> TextPadding.right(x, self, a), "width", "fillchar?");
        define("zfill", (x, self, a) -> TextPadding.zeros(x, self, a), "width");
        define(
                "expandtabs",
                Signature.of("expandtabs", "tabsize?"),
                (x, self, a) -> TextPadding.expandTabs(x, self, a));
    }

    private static void predicates() {
        predicate("isalpha", Characters::isAlphabetic);
        predicate("isalnum", Characters::isAlphanumeric);
        predicate("isdecimal", Characters::isDecimal);
        predicate("isdigit", Characters::isDigit);
        predicate("isnumeric", Characters::isNumeric);
        predicate("isspace", Characters::isSpace);
        define("isascii", (x, self, a) -> BoolValue.of(self.chars().chars().allMatch(unit -> unit < 0x80)));
        define(
                "isprintable",
                (x, self, a) -> BoolValue.of(self.chars().codePoints().allMatch(Characters::isPrintable)));
        define("isidentifier", (x, self, a) -> BoolValue.of(TextCase.isIdentifier(self.chars())));
        define("islower", (x, self, a) -> BoolValue.of(TextCase.isLower(self.chars())));
        define("isupper", (x, self, a) -> BoolValue.of(TextCase.isUpper(self.chars())));
        define("istitle", (x, self, a) -> BoolValue.of(TextCase.isTitle(self.chars())));
    }

    private static void predicate(String name, java.util.function.IntPredicate test) {
        define(
                name,
                (x, self, a) -> BoolValue.of(
                        !self.isEmpty() && self.chars().codePoints().allMatch(test)));
    }
}
