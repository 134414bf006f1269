package org.carafe.models.template.jinja.syntax;

import java.util.ArrayList;
import java.util.List;
import org.carafe.models.template.jinja.Position;
import org.jspecify.annotations.Nullable;

/** A statement. */
public sealed interface Stmt extends Node {
    /** Text and expressions to print. */
    record Output(List<Expr> parts, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.copyOf(parts);
        }
    }

    /** @param test the loop's filter, {@code for .. in .. if test} */
    record For(
            Target target,
            Expr iterable,
            List<Stmt> body,
            List<Stmt> otherwise,
            @Nullable Expr test,
            boolean recursive,
            Position at)
            implements Stmt {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            all.add(target);
            all.add(iterable);
            all.addAll(body);
            all.addAll(otherwise);
            if (test != null) {
                all.add(test);
            }
            return all;
        }
    }

    /** @param branches if and every elif */
    record If(List<Branch> branches, List<Stmt> otherwise, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            for (Branch branch : branches) {
                all.add(branch.test());
                all.addAll(branch.body());
            }
            all.addAll(otherwise);
            return all;
        }
    }

    record Branch(Expr test, List<Stmt> body, Position at) {}

    record Set(Target target, Expr value, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.of(target, value);
        }
    }

    /** {@code {% set x %}...{% endset %}}. */
    record SetBlock(Target target, Expr.@Nullable Filter filter, List<Stmt> body, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            all.add(target);
            if (filter != null) {
                all.add(filter);
            }
            all.addAll(body);
            return all;
        }
    }

    record With(List<Target> targets, List<Expr> values, List<Stmt> body, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>(targets);
            all.addAll(values);
            all.addAll(body);
            return all;
        }
    }

    /** What macros and call blocks share: a body that is called. */
    sealed interface Callable extends Stmt {
        List<Target.Variable> parameters();

        /** Of the last parameters. */
        List<Expr> defaults();

        List<Stmt> body();
    }

    record Macro(String name, List<Target.Variable> parameters, List<Expr> defaults, List<Stmt> body, Position at)
            implements Callable {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>(parameters);
            all.addAll(defaults);
            all.addAll(body);
            return all;
        }
    }

    /** @param call null for the generation tag, which just prints its body */
    record CallBlock(
            Expr.@Nullable Call call,
            List<Target.Variable> parameters,
            List<Expr> defaults,
            List<Stmt> body,
            Position at)
            implements Callable {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>();
            if (call != null) {
                all.add(call);
            }
            all.addAll(parameters);
            all.addAll(defaults);
            all.addAll(body);
            return all;
        }
    }

    record FilterBlock(Expr.Filter filter, List<Stmt> body, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            List<Node> all = new ArrayList<>(body);
            all.add(filter);
            return all;
        }
    }

    /** A named block; without inheritance it prints itself where it stands. */
    record Block(String name, List<Stmt> body, boolean scoped, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.copyOf(body);
        }
    }

    /** A scope of its own: {@code autoescape false}. */
    record Scope(List<Stmt> body, Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.copyOf(body);
        }
    }

    record Break(Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }

    record Continue(Position at) implements Stmt {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }
}
