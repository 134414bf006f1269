package org.carafe.models.template.jinja.eval;

import java.util.List;
import java.util.Objects;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.library.Attributes;
import org.carafe.models.template.jinja.library.Filter;
import org.carafe.models.template.jinja.library.Filters;
import org.carafe.models.template.jinja.library.Method;
import org.carafe.models.template.jinja.library.PercentFormat;
import org.carafe.models.template.jinja.library.StringMethods;
import org.carafe.models.template.jinja.library.Tests;
import org.carafe.models.template.jinja.syntax.Expr;
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Arithmetic;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.Callable;
import org.carafe.models.template.jinja.value.Comparison;
import org.carafe.models.template.jinja.value.DictValue;
import org.carafe.models.template.jinja.value.ListValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Undefined;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Compiles expressions to closures. Every operation that can fail first tells the execution where it is. */
final class ExpressionCompiler {
    private ExpressionCompiler() {}

    static Code compile(Expr expression, Scope scope) {
        return switch (expression) {
            case Expr.Const constant -> {
                Value value = constant.value();
                yield activation -> value;
            }
            case Expr.Name name -> load(name.name(), scope);
            case Expr.TupleOf tuple -> {
                Code[] items = compileAll(tuple.items(), scope);
                yield activation -> TupleValue.of(runAll(items, activation));
            }
            case Expr.ListOf list -> {
                Code[] items = compileAll(list.items(), scope);
                yield activation -> new ListValue(List.of(runAll(items, activation)));
            }
            case Expr.DictOf dict -> dict(dict, scope);
            case Expr.GetAttribute get -> attribute(get, scope);
            case Expr.GetItem get -> item(get, scope);
            case Expr.Slice slice -> slice(slice, scope);
            case Expr.Call call -> call(call, scope, null);
            case Expr.Filter filter -> filter(filter, scope, null);
            case Expr.Test test -> test(test, scope);
            case Expr.Unary unary -> unary(unary, scope);
            case Expr.Not not -> {
                Code operand = compile(not.operand(), scope);
                yield activation -> BoolValue.of(!operand.run(activation).truth());
            }
            case Expr.And and -> {
                Code left = compile(and.left(), scope);
                Code right = compile(and.right(), scope);
                yield activation -> {
                    Value value = left.run(activation);
                    return value.truth() ? right.run(activation) : value;
                };
            }
            case Expr.Or or -> {
                Code left = compile(or.left(), scope);
                Code right = compile(or.right(), scope);
                yield activation -> {
                    Value value = left.run(activation);
                    return value.truth() ? value : right.run(activation);
                };
            }
            case Expr.Binary binary -> binary(binary, scope);
            case Expr.Compare compare -> compare(compare, scope);
            case Expr.Concat concat -> concat(concat, scope);
            case Expr.Conditional conditional -> conditional(conditional, scope.softened());
        };
    }

    static Code[] compileAll(List<Expr> expressions, Scope scope) {
        return expressions.stream()
                .map(expression -> compile(expression, scope))
                .toArray(Code[]::new);
    }

    private static Value[] runAll(Code[] codes, Activation activation) {
        Value[] values = new Value[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = codes[i].run(activation);
        }
        return values;
    }

    private static Code load(String name, Scope scope) {
        Undefined undefined = Undefined.variable(name);
        Symbols.Reference reference = scope.symbols().reference(name);
        if (reference == null) {
            return activation -> Objects.requireNonNullElse(activation.context.resolve(name), undefined);
        }
        int slot = reference.slot();
        if (reference.hops() == 0) {
            return activation -> {
                Value value = activation.slots[slot];
                return value == null ? undefined : value;
            };
        }
        int hops = reference.hops();
        return activation -> {
            Value value = activation.outer(hops).slots[slot];
            return value == null ? undefined : value;
        };
    }

    private static Code dict(Expr.DictOf dict, Scope scope) {
        Code[] keys = compileAll(dict.pairs().stream().map(Expr.Pair::key).toList(), scope);
        Code[] values = compileAll(dict.pairs().stream().map(Expr.Pair::value).toList(), scope);
        Position at = dict.at();
        return activation -> {
            Value[] items = new Value[keys.length * 2];
            for (int i = 0; i < keys.length; i++) {
                items[2 * i] = keys[i].run(activation);
                items[2 * i + 1] = values[i].run(activation);
            }
            activation.execution.at(at);
            DictValue result = new DictValue(keys.length);
            for (int i = 0; i < items.length; i += 2) {
                result.put(items[i], items[i + 1]);
            }
            return result;
        };
    }

    private static Code attribute(Expr.GetAttribute get, Scope scope) {
        Code object = compile(get.object(), scope);
        String chars = get.name();
        Text name = Text.of(chars);
        Position at = get.at();
        return activation -> {
            Value value = object.run(activation);
            activation.execution.at(at);
            return Attributes.getAttribute(value, name, chars);
        };
    }

    private static Code item(Expr.GetItem get, Scope scope) {
        Code object = compile(get.object(), scope);
        Code key = compile(get.key(), scope);
        Position at = get.at();
        return activation -> {
            Value value = object.run(activation);
            Value wanted = key.run(activation);
            activation.execution.at(at);
            return Attributes.getItem(value, wanted);
        };
    }

    private static Code slice(Expr.Slice slice, Scope scope) {
        Code object = compile(slice.object(), scope);
        Code start = bound(slice.start(), scope);
        Code stop = bound(slice.stop(), scope);
        Code step = bound(slice.step(), scope);
        Position at = slice.at();
        return activation -> {
            Value value = object.run(activation);
            Value from = start.run(activation);
            Value to = stop.run(activation);
            Value by = step.run(activation);
            activation.execution.at(at);
            return Sequences.slice(value, from, to, by, activation.execution);
        };
    }

    private static Code bound(@Nullable Expr expression, Scope scope) {
        return expression == null ? activation -> NoneValue.NONE : compile(expression, scope);
    }

    /** @param caller what a call block passes as the keyword {@code caller} */
    static Code call(Expr.Call call, Scope scope, @Nullable Code caller) {
        ArgumentsCode arguments = ArgumentsCode.compile(call.arguments(), scope, caller);
        Position at = call.at();
        if (call.callee() instanceof Expr.GetAttribute get) {
            Method<Text> method = StringMethods.find(get.name());
            if (method != null) {
                return methodCall(get, method, arguments, at, scope);
            }
        }
        Code callee = compile(call.callee(), scope);
        return activation -> {
            Value function = callee.run(activation);
            Arguments given = arguments.run(activation);
            activation.execution.at(at);
            return call(function, given, activation);
        };
    }

    private static Value call(Value function, Arguments arguments, Activation activation) {
        return switch (function) {
            case Callable callable -> callable.call(activation.execution, arguments);
            case Undefined undefined -> throw undefined.error();
            default -> throw Errors.type("'" + function.typeName() + "' object is not callable");
        };
    }

    /** A call of something that is most likely a method of a string: then no bound method need be made. */
    private static Code methodCall(
            Expr.GetAttribute get, Method<Text> method, ArgumentsCode arguments, Position at, Scope scope) {
        Code object = compile(get.object(), scope);
        String chars = get.name();
        Text name = Text.of(chars);
        Position attributeAt = get.at();
        return activation -> {
            Value value = object.run(activation);
            activation.execution.at(attributeAt);
            if (value instanceof Text text) {
                Arguments given = arguments.run(activation);
                activation.execution.at(at);
                return StringMethods.call(activation.execution, chars, method, text, given);
            }
            Value function = Attributes.getAttribute(value, name, chars);
            Arguments given = arguments.run(activation);
            activation.execution.at(at);
            return call(function, given, activation);
        };
    }

    /** @param body stands for the subject of a filter or set block's filter */
    static Code filter(Expr.Filter filter, Scope scope, @Nullable Code body) {
        Filter function = named("filter", filter.name(), Filters.find(filter.name()), filter.at(), scope);
        Code subject;
        if (filter.subject() == null) {
            subject = Objects.requireNonNull(body, "a filter without a subject stands at a block");
        } else {
            subject = filter.subject() instanceof Expr.Filter inner
                    ? filter(inner, scope, body)
                    : compile(filter.subject(), scope);
        }
        return apply(function, subject, ArgumentsCode.compile(filter.arguments(), scope, null), filter.at());
    }

    private static Code test(Expr.Test test, Scope scope) {
        Filter function = named("test", test.name(), Tests.find(test.name()), test.at(), scope);
        Code subject = compile(test.subject(), scope);
        return apply(function, subject, ArgumentsCode.compile(test.arguments(), scope, null), test.at());
    }

    private static Code apply(Filter function, Code subject, ArgumentsCode arguments, Position at) {
        return activation -> {
            Value value = subject.run(activation);
            Arguments given = arguments.run(activation);
            activation.execution.at(at);
            return function.apply(activation.execution, value, given);
        };
    }

    private static Filter named(String what, String name, @Nullable Filter found, Position at, Scope scope) {
        if (found != null) {
            return found;
        }
        if (!scope.soft()) {
            throw new TemplateException(
                    Kind.SYNTAX, "No " + what + " named " + Repr.quote(name) + ".", at.line(), at.column());
        }
        return (execution, subject, arguments) -> {
            throw Errors.runtime("No " + what + " named " + Repr.quote(name) + " found.");
        };
    }

    private static Code unary(Expr.Unary unary, Scope scope) {
        Code operand = compile(unary.operand(), scope);
        Position at = unary.at();
        boolean negative = unary.negative();
        return activation -> {
            Value value = operand.run(activation);
            activation.execution.at(at);
            return negative ? Arithmetic.negate(value) : Arithmetic.plus(value);
        };
    }

    /** An operation on two values. */
    private interface Operation {
        Value apply(Value left, Value right, Activation activation);
    }

    private static Code binary(Expr.Binary binary, Scope scope) {
        Operation operation = switch (binary.operator()) {
            case ADD -> (left, right, a) -> Arithmetic.add(left, right, a.execution);
            case SUBTRACT -> (left, right, a) -> Arithmetic.subtract(left, right);
            case MULTIPLY -> (left, right, a) -> Arithmetic.multiply(left, right, a.execution);
            case DIVIDE -> (left, right, a) -> Arithmetic.divide(left, right);
            case FLOOR_DIVIDE -> (left, right, a) -> Arithmetic.floorDivide(left, right);
            case POWER -> (left, right, a) -> Arithmetic.power(left, right, a.execution);
            case MODULO ->
                (left, right, a) -> left instanceof Text format
                        ? PercentFormat.format(a.execution, format, right)
                        : Arithmetic.modulo(left, right);
        };
        Code left = compile(binary.left(), scope);
        Code right = compile(binary.right(), scope);
        Position at = binary.at();
        return activation -> {
            Value first = left.run(activation);
            Value second = right.run(activation);
            activation.execution.at(at);
            return operation.apply(first, second, activation);
        };
    }

    /** A comparison of two values. */
    private interface Relation {
        boolean holds(Value left, Value right, Activation activation);
    }

    private static Relation relation(Expr.CompareOperator operator) {
        return switch (operator) {
            case EQUAL -> (left, right, a) -> Comparison.equal(left, right, a.execution);
            case NOT_EQUAL -> (left, right, a) -> !Comparison.equal(left, right, a.execution);
            case LESS -> (left, right, a) -> Comparison.ordered(left, Comparison.Order.LESS, right, a.execution);
            case LESS_OR_EQUAL ->
                (left, right, a) -> Comparison.ordered(left, Comparison.Order.LESS_OR_EQUAL, right, a.execution);
            case GREATER -> (left, right, a) -> Comparison.ordered(left, Comparison.Order.GREATER, right, a.execution);
            case GREATER_OR_EQUAL ->
                (left, right, a) -> Comparison.ordered(left, Comparison.Order.GREATER_OR_EQUAL, right, a.execution);
            case IN -> (left, right, a) -> Sequences.contains(right, left, a.execution);
            case NOT_IN -> (left, right, a) -> !Sequences.contains(right, left, a.execution);
        };
    }

    private static Code compare(Expr.Compare compare, Scope scope) {
        Code first = compile(compare.first(), scope);
        Code[] others =
                compileAll(compare.operands().stream().map(Expr.Operand::value).toList(), scope);
        Relation[] relations = compare.operands().stream()
                .map(operand -> relation(operand.operator()))
                .toArray(Relation[]::new);
        Position at = compare.at();
        return activation -> {
            Value left = first.run(activation);
            for (int i = 0; i < others.length; i++) {
                Value right = others[i].run(activation);
                activation.execution.at(at);
                if (!relations[i].holds(left, right, activation)) {
                    return BoolValue.FALSE;
                }
                left = right;
            }
            return BoolValue.TRUE;
        };
    }

    private static Code concat(Expr.Concat concat, Scope scope) {
        Code[] parts = compileAll(concat.parts(), scope);
        Position at = concat.at();
        return activation -> {
            Value[] values = runAll(parts, activation);
            activation.execution.at(at);
            TextBuilder out = new TextBuilder(activation.execution);
            for (Value value : values) {
                out.append(Repr.str(value, activation.execution));
            }
            return out.toText();
        };
    }

    private static Code conditional(Expr.Conditional conditional, Scope scope) {
        Code test = compile(conditional.test(), scope);
        Code then = compile(conditional.then(), scope);
        Expr otherwise = conditional.otherwise();
        if (otherwise != null) {
            Code other = compile(otherwise, scope);
            return activation -> test.run(activation).truth() ? then.run(activation) : other.run(activation);
        }
        Undefined nothing = Undefined.of("the inline if-expression on line "
                + conditional.at().line() + " evaluated to false and no else section was defined.");
        return activation -> test.run(activation).truth() ? then.run(activation) : nothing;
    }
}
