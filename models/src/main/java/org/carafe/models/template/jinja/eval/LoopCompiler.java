package org.carafe.models.template.jinja.eval;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.eval.Action.Flow;
import org.carafe.models.template.jinja.syntax.Expr;
import org.carafe.models.template.jinja.syntax.Node;
import org.carafe.models.template.jinja.syntax.Stmt;
import org.carafe.models.template.jinja.syntax.SyntaxTree;
import org.carafe.models.template.jinja.syntax.Target;
import org.carafe.models.template.jinja.value.GeneratorValue;
import org.carafe.models.template.jinja.value.Sequences;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.TupleValue;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Compiles for loops. */
final class LoopCompiler {
    private final StatementCompiler statements;

    LoopCompiler(StatementCompiler statements) {
        this.statements = statements;
    }

    Action compile(Stmt.For loop, Scope scope) {
        forbidStoringLoop(loop);
        // a recursive loop is a function: it calls itself
        Scope body = loop.recursive() ? scope.innerFunction() : scope.inner();
        boolean extended = loop.recursive()
                || !ScopeAnalysis.undeclared(loop.body(), Set.of("loop")).isEmpty()
                || ScopeAnalysis.descendants(loop.body()).stream()
                        .anyMatch(node -> node instanceof Stmt.Block block && block.scoped());
        if (extended) {
            body.symbols().parameter("loop");
        }
        ScopeAnalysis.parameters(loop.target(), body.symbols());
        ScopeAnalysis.visitAll(loop.body(), body.symbols());
        Scope otherwise = otherwiseScope(loop, scope, body);
        Loop compiled = new Loop(
                Assignments.compile(loop.target(), body),
                extended ? Assignments.slot("loop", body) : -1,
                statements.body(loop.body(), body.looping(true)),
                Entry.of(body.symbols()),
                loop.otherwise().isEmpty() ? null : statements.body(loop.otherwise(), otherwise),
                Entry.of(otherwise.symbols()),
                loop.test() == null ? null : filter(loop, loop.test(), scope, body),
                loop.at());
        Code iterable = ExpressionCompiler.compile(loop.iterable(), scope);
        if (loop.recursive()) {
            return recursive(compiled, iterable, body.symbols().function(), SyntaxTree.depth(loop.body()));
        }
        return activation -> compiled.run(activation, iterable.run(activation), null, 0);
    }

    private static void forbidStoringLoop(Stmt.For loop) {
        for (Node node : ScopeAnalysis.descendants(loop.children())) {
            if (node instanceof Target.Variable variable && variable.name().equals("loop")) {
                throw Errors.syntax("Can't assign to special loop variable in for-loop target", variable.at());
            }
        }
    }

    private static Scope otherwiseScope(Stmt.For loop, Scope scope, Scope body) {
        // the else of a recursive loop belongs to the same function as its body
        Scope otherwise = loop.recursive()
                ? new Scope(new Symbols(scope.symbols(), body.symbols().function()), false, false, false)
                : scope.inner();
        ScopeAnalysis.visitAll(loop.otherwise(), otherwise.symbols());
        return otherwise;
    }

    private static ItemFilter filter(Stmt.For loop, Expr test, Scope scope, Scope body) {
        Scope own = new Scope(
                new Symbols(scope.symbols(), new FunctionScope(body.symbols().function())), false, false, false);
        ScopeAnalysis.parameters(loop.target(), own.symbols());
        ScopeAnalysis.visit(test, own.symbols());
        return new ItemFilter(
                Assignments.compile(loop.target(), own),
                passedOn(loop.target(), own),
                ExpressionCompiler.compile(test, own),
                Entry.of(own.symbols()),
                own.symbols().function());
    }

    /** What a filter passes on: its target's value, so that what was unpacked becomes a tuple. */
    private static Code passedOn(Target target, Scope own) {
        return switch (target) {
            case Target.Variable variable -> {
                int slot = Assignments.slot(variable.name(), own);
                yield activation -> Objects.requireNonNull(activation.slots[slot]);
            }
            case Target.Unpack unpack -> {
                Code[] items = unpack.targets().stream()
                        .map(inner -> passedOn(inner, own))
                        .toArray(Code[]::new);
                yield activation -> {
                    Value[] values = new Value[items.length];
                    for (int i = 0; i < items.length; i++) {
                        values[i] = items[i].run(activation);
                    }
                    return TupleValue.of(values);
                };
            }
            case Target.Attribute attribute -> throw Errors.syntax("can't assign to 'getattr'", attribute.at());
        };
    }

    private static Action recursive(Loop loop, Code iterable, FunctionScope function, int depth) {
        return activation -> {
            LoopContext.Recursion recursion = new LoopContext.Recursion() {
                @Override
                public Value render(Value items, int level) {
                    TextBuilder out = new TextBuilder(activation.execution);
                    Activation inner = new Activation(function, activation, activation.context, out);
                    activation.execution.enter(depth);
                    loop.run(inner, items, this, level);
                    activation.execution.leave(depth);
                    return out.toText();
                }
            };
            Value items = iterable.run(activation);
            activation.out.append((Text) recursion.render(items, 0));
            return Flow.NORMAL;
        };
    }

    /** {@code for ... if test}: a function of its own in Jinja2, run item by item while the loop asks for them. */
    private record ItemFilter(Assigner target, Code item, Code test, Entry entry, FunctionScope function) {
        Iterator<Value> over(Iterator<Value> items, Activation activation) {
            Activation own = new Activation(function, activation, activation.context, activation.out);
            return new Iterator<>() {
                private @Nullable Value next;
                private boolean entered;

                @Override
                public boolean hasNext() {
                    if (!entered) {
                        entry.enter(own);
                        entered = true;
                    }
                    while (next == null && items.hasNext()) {
                        target.assign(own, items.next());
                        next = test.run(own).truth() ? item.run(own) : null;
                    }
                    return next != null;
                }

                @Override
                public Value next() {
                    Value found = hasNext() ? next : null;
                    if (found == null) {
                        throw new NoSuchElementException();
                    }
                    next = null;
                    return found;
                }
            };
        }
    }

    /** @param loopSlot of the loop variable; -1 where the body does not use it */
    private record Loop(
            Assigner target,
            int loopSlot,
            Action body,
            Entry entry,
            @Nullable Action otherwise,
            Entry otherwiseEntry,
            @Nullable ItemFilter filter,
            Position at) {
        Flow run(Activation activation, Value iterable, LoopContext.@Nullable Recursion recursion, int depth) {
            activation.execution.at(at);
            Iterator<Value> items = Sequences.iterate(iterable);
            Value source = iterable;
            if (filter != null) {
                items = filter.over(items, activation);
                source = new GeneratorValue(items);
            }
            boolean finishedOne = loopSlot < 0
                    ? plain(activation, items)
                    : extended(activation, new LoopContext(source, items, recursion, depth, activation.execution));
            entry.leave(activation);
            if (finishedOne || otherwise == null) {
                return Flow.NORMAL;
            }
            otherwiseEntry.enter(activation);
            Flow flow = otherwise.run(activation);
            otherwiseEntry.leave(activation);
            return flow;
        }

        /** Whether an iteration ran to its end: in Jinja2 the else runs, too, when each was cut short by break or continue. */
        private boolean plain(Activation activation, Iterator<Value> items) {
            boolean finishedOne = false;
            while (items.hasNext()) {
                Flow flow = iteration(activation, items.next());
                finishedOne |= flow == Flow.NORMAL;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return finishedOne;
        }

        private boolean extended(Activation activation, LoopContext loop) {
            boolean finishedOne = false;
            for (Value item = loop.advance(); item != null; item = loop.advance()) {
                activation.slots[loopSlot] = loop;
                Flow flow = iteration(activation, item);
                finishedOne |= flow == Flow.NORMAL;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return finishedOne;
        }

        private Flow iteration(Activation activation, Value item) {
            activation.execution.at(at);
            target.assign(activation, item);
            entry.enter(activation);
            return body.run(activation);
        }
    }
}
