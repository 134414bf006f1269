package org.carafe.models.template.jinja.syntax;

import java.util.ArrayList;
import java.util.List;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** An expression. */
public sealed interface Expr extends Node {
    /** A variable's value. */
    record Name(String name, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }

    /** A literal; also the text between tags. */
    record Const(Value value, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }

    record TupleOf(List<Expr> items, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.copyOf(items);
        }
    }

    record ListOf(List<Expr> items, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.copyOf(items);
        }
    }

    record DictOf(List<Pair> pairs, Position at) implements Expr {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            pairs.forEach(pair -> {
                all.add(pair.key());
                all.add(pair.value());
            });
            return all;
        }
    }

    /** One item of a dict literal. */
    record Pair(Expr key, Expr value) {}

    /** {@code object.name}. */
    record GetAttribute(Expr object, String name, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(object);
        }
    }

    /** {@code object[key]}. */
    record GetItem(Expr object, Expr key, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(object, key);
        }
    }

    /** {@code object[start:stop:step]}. */
    record Slice(
            Expr object,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step,
            Position at) implements Expr {
        @Override
        public List<Node> children() {
            return present(object, start, stop, step);
        }
    }

    record Call(Expr callee, CallArguments arguments, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return arguments.childrenAfter(callee);
        }
    }

    /** {@code subject|name(...)}; no subject where a filter or set block supplies its body. */
    record Filter(@Nullable Expr subject, String name, CallArguments arguments, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return arguments.childrenAfter(subject);
        }
    }

    /** {@code subject is name(...)}. */
    record Test(Expr subject, String name, CallArguments arguments, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return arguments.childrenAfter(subject);
        }
    }

    /** What stands in the parentheses of a call. */
    record CallArguments(
            List<Expr> positional,
            List<Keyword> keywords,
            @Nullable Expr star,
            @Nullable Expr doubleStar) {
        public static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

        private List<Node> childrenAfter(@Nullable Expr first) {
            List<Node> all = present(first);
            all.addAll(positional);
            keywords.forEach(keyword -> all.add(keyword.value()));
            all.addAll(present(star, doubleStar));
            return all;
        }
    }

    /** {@code name=value} in a call. */
    record Keyword(String name, Expr value) {}

    /** {@code -operand}, {@code +operand}. */
    record Unary(boolean negative, Expr operand, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(operand);
        }
    }

    record Not(Expr operand, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(operand);
        }
    }

    record Binary(BinaryOperator operator, Expr left, Expr right, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(left, right);
        }
    }

    /** Operators that evaluate both sides. */
    enum BinaryOperator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        FLOOR_DIVIDE,
        MODULO,
        POWER
    }

    record And(Expr left, Expr right, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(left, right);
        }
    }

    record Or(Expr left, Expr right, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.of(left, right);
        }
    }

    /** {@code first < a <= b ...}: true when every neighbouring pair is. */
    record Compare(Expr first, List<Operand> operands, Position at) implements Expr {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            all.add(first);
            operands.forEach(operand -> all.add(operand.value()));
            return all;
        }
    }

    record Operand(CompareOperator operator, Expr value) {}

    /** Operators of a comparison. */
    enum CompareOperator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        NOT_IN
    }

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return List.copyOf(parts);
        }
    }

    /** {@code then if test else otherwise}. */
    record Conditional(Expr test, Expr then, @Nullable Expr otherwise, Position at) implements Expr {
        @Override
        public List<Node> children() {
            return present(test, then, otherwise);
        }
    }

    private static List<Node> present(@Nullable Expr... nodes) {
        List<Node> all = new ArrayList<>();
        for (Expr node : nodes) {
            if (node != null) {
                all.add(node);
            }
        }
        return all;
    }
}
