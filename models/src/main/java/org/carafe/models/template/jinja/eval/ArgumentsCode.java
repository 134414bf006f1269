package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.syntax.Expr;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** The compiled arguments of a call. */
@FunctionalInterface
interface ArgumentsCode {
    Arguments run(Activation activation);

    /** @param caller value of an additional keyword {@code caller} */
    static ArgumentsCode compile(Expr.CallArguments arguments, Scope scope, @Nullable Code caller) {
        Code[] positional = ExpressionCompiler.compileAll(arguments.positional(), scope);
        boolean plain = arguments.keywords().isEmpty()
                && arguments.star() == null
                && arguments.doubleStar() == null
                && caller == null;
        if (plain) {
            return switch (positional.length) {
                case 0 -> activation -> Arguments.NONE;
                case 1 -> {
                    Code only = positional[0];
                    yield activation -> new Arguments(List.of(only.run(activation)), Map.of());
                }
                default -> activation -> new Arguments(evaluate(positional, activation), Map.of());
            };
        }
        return general(arguments, positional, scope, caller);
    }

    private static List<Value> evaluate(Code[] codes, Activation activation) {
        Value[] values = new Value[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = codes[i].run(activation);
        }
        return Arrays.asList(values);
    }

    private static ArgumentsCode general(
            Expr.CallArguments arguments, Code[] positional, Scope scope, @Nullable Code caller) {
        String[] names = arguments.keywords().stream().map(Expr.Keyword::name).toArray(String[]::new);
        Code[] values = ExpressionCompiler.compileAll(
                arguments.keywords().stream().map(Expr.Keyword::value).toList(), scope);
        Code star = arguments.star() == null ? null : ExpressionCompiler.compile(arguments.star(), scope);
        Code doubleStar =
                arguments.doubleStar() == null ? null : ExpressionCompiler.compile(arguments.doubleStar(), scope);
        return activation -> {
            List<Value> given = new ArrayList<>(evaluate(positional, activation));
            if (star != null) {
                for (Iterator<Value> more = Sequences.iterate(star.run(activation)); more.hasNext(); ) {
                    activation.execution.spend(1);
                    given.add(more.next());
                }
            }
            Map<String, Value> keywords = new LinkedHashMap<>();
            for (int i = 0; i < names.length; i++) {
                keywords.put(names[i], values[i].run(activation));
            }
            if (caller != null && keywords.put("caller", caller.run(activation)) != null) {
                throw repeated("caller");
            }
            if (doubleStar != null) {
                addAll(doubleStar.run(activation), keywords, activation);
            }
            return new Arguments(given, keywords);
        };
    }

    private static void addAll(Value mapping, Map<String, Value> keywords, Activation activation) {
        if (!(mapping instanceof DictValue dict)) {
            throw Errors.type("argument after ** must be a mapping, not " + mapping.typeName());
        }
        activation.execution.spend(dict.size());
        for (DictValue.Entry entry : dict.entries()) {
            if (!(entry.key() instanceof Text name)) {
                throw Errors.type("keywords must be strings");
            }
            if (keywords.put(name.chars(), entry.value()) != null) {
                throw repeated(name.chars());
            }
        }
    }

    private static RuntimeException repeated(String name) {
        return Errors.type("got multiple values for keyword argument " + Repr.quote(name));
    }
}
