package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
import org.carafe.models.template.jinja.value.Arguments;
import org.carafe.models.template.jinja.value.Repr;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.TextBuilder;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/** Compiles statements to closures, with Jinja2's rules of which of them open a scope or a function. */
final class StatementCompiler {
    /** Whether top-level variables must be kept for blocks to see. */
    private final boolean hasBlocks;

    private final Set<String> blockNames = new HashSet<>();

    StatementCompiler(SyntaxTree tree) {
        this.hasBlocks = ScopeAnalysis.descendants(tree.body()).stream().anyMatch(Stmt.Block.class::isInstance);
    }

    Action body(List<Stmt> statements, Scope scope) {
        List<Action> actions = new ArrayList<>();
        for (Stmt statement : statements) {
            actions.add(compile(statement, scope));
        }
        return actions.isEmpty() ? Action.NOTHING : Action.sequence(actions);
    }

    private Action compile(Stmt statement, Scope scope) {
        return switch (statement) {
            case Stmt.Output output -> output(output, scope);
            case Stmt.For loop -> new LoopCompiler(this).compile(loop, scope);
            case Stmt.If branching -> branching(branching, scope.softened());
            case Stmt.Set set -> set(set, scope);
            case Stmt.SetBlock block -> setBlock(block, scope);
            case Stmt.With with -> with(with, scope);
            case Stmt.Macro macro -> macro(macro, scope);
            case Stmt.CallBlock block -> callBlock(block, scope);
            case Stmt.FilterBlock block -> filterBlock(block, scope);
            case Stmt.Scope inner -> {
                Scope own = scope.inner();
                ScopeAnalysis.visitAll(inner.body(), own.symbols());
                yield scoped(own, body(inner.body(), own));
            }
            case Stmt.Block block -> block(block, scope);
            case Stmt.Break leave -> jump("break", leave.at(), Flow.BREAK, scope);
            case Stmt.Continue next -> jump("continue", next.at(), Flow.CONTINUE, scope);
        };
    }

    private static Action jump(String tag, Position at, Flow flow, Scope scope) {
        if (!scope.inLoop()) {
            throw Errors.syntax("'" + tag + "' outside loop", at);
        }
        return activation -> flow;
    }

    private static Action scoped(Scope own, Action body) {
        Entry entry = Entry.of(own.symbols());
        return activation -> {
            entry.enter(activation);
            Flow flow = body.run(activation);
            entry.leave(activation);
            return flow;
        };
    }

    private static Action output(Stmt.Output output, Scope scope) {
        List<Action> actions = new ArrayList<>();
        for (Expr part : output.parts()) {
            if (part instanceof Expr.Const constant && constant.value() instanceof Text text) {
                actions.add(activation -> {
                    activation.out.append(text);
                    return Flow.NORMAL;
                });
            } else {
                Code code = ExpressionCompiler.compile(part, scope);
                Position at = part.at();
                actions.add(activation -> {
                    Value value = code.run(activation);
                    activation.execution.at(at);
                    activation.out.append(Repr.str(value, activation.execution));
                    return Flow.NORMAL;
                });
            }
        }
        return actions.isEmpty() ? Action.NOTHING : Action.sequence(actions);
    }

    private Action branching(Stmt.If branching, Scope scope) {
        Code[] tests = ExpressionCompiler.compileAll(
                branching.branches().stream().map(Stmt.Branch::test).toList(), scope);
        Action[] bodies = branching.branches().stream()
                .map(branch -> body(branch.body(), scope))
                .toArray(Action[]::new);
        Action otherwise = body(branching.otherwise(), scope);
        return activation -> {
            for (int i = 0; i < tests.length; i++) {
                if (tests[i].run(activation).truth()) {
                    return bodies[i].run(activation);
                }
            }
            return otherwise.run(activation);
        };
    }

    private Action set(Stmt.Set set, Scope scope) {
        List<Action> checks = Assignments.checks(set.target(), scope);
        Code value = ExpressionCompiler.compile(set.value(), scope);
        Assigner target = Assignments.compile(set.target(), scope);
        Action export = export(set.target(), scope);
        if (checks.isEmpty() && export == Action.NOTHING) {
            return activation -> {
                target.assign(activation, value.run(activation));
                return Flow.NORMAL;
            };
        }
        Action check = checks.isEmpty() ? Action.NOTHING : Action.sequence(checks);
        return activation -> {
            check.run(activation);
            target.assign(activation, value.run(activation));
            return export.run(activation);
        };
    }

    /** Makes top-level variables visible to blocks. */
    private Action export(Target target, Scope scope) {
        if (!hasBlocks || !scope.topLevel()) {
            return Action.NOTHING;
        }
        List<Action> exports = new ArrayList<>();
        List<Node> nodes = ScopeAnalysis.descendants(List.of(target));
        for (Node node : nodes) {
            if (node instanceof Target.Variable variable) {
                exports.add(export(variable.name(), scope));
            }
        }
        return exports.isEmpty() ? Action.NOTHING : Action.sequence(exports);
    }

    private static Action export(String name, Scope scope) {
        int slot = Assignments.slot(name, scope);
        return activation -> {
            activation.context.exported().put(name, Objects.requireNonNull(activation.slots[slot]));
            return Flow.NORMAL;
        };
    }

    private Action setBlock(Stmt.SetBlock block, Scope scope) {
        Scope own = scope.inner();
        ScopeAnalysis.visitAll(block.body(), own.symbols());
        Code captured = activation -> activation.out.toText();
        Code value = block.filter() == null ? captured : ExpressionCompiler.filter(block.filter(), own, captured);
        Action body = body(block.body(), own);
        Entry entry = Entry.of(own.symbols());
        Assigner target = Assignments.compile(block.target(), scope);
        Action check = Action.sequence(withNothing(Assignments.checks(block.target(), scope)));
        Action export = export(block.target(), scope);
        return activation -> {
            TextBuilder outer = activation.out;
            entry.enter(activation);
            activation.out = new TextBuilder(activation.execution);
            Flow flow = body.run(activation);
            Value result = flow == Flow.NORMAL ? value.run(activation) : Text.EMPTY;
            activation.out = outer;
            entry.leave(activation);
            if (flow != Flow.NORMAL) {
                return flow;
            }
            check.run(activation);
            target.assign(activation, result);
            return export.run(activation);
        };
    }

    private static List<Action> withNothing(List<Action> actions) {
        return actions.isEmpty() ? List.of(Action.NOTHING) : actions;
    }

    private Action filterBlock(Stmt.FilterBlock block, Scope scope) {
        Scope own = scope.inner();
        ScopeAnalysis.visitAll(block.children(), own.symbols());
        Code value = ExpressionCompiler.filter(block.filter(), own, activation -> activation.out.toText());
        Action body = body(block.body(), own);
        Entry entry = Entry.of(own.symbols());
        return activation -> {
            TextBuilder outer = activation.out;
            entry.enter(activation);
            activation.out = new TextBuilder(activation.execution);
            Flow flow = body.run(activation);
            if (flow == Flow.NORMAL) {
                outer.append(printed(value.run(activation)));
            }
            activation.out = outer;
            entry.leave(activation);
            return flow;
        };
    }

    /** What filter and call blocks print: strings only, nothing is converted. */
    private static Text printed(Value value) {
        if (value instanceof Text text) {
            return text;
        }
        throw Errors.type("sequence item 0: expected str instance, " + value.typeName() + " found");
    }

    private Action with(Stmt.With with, Scope scope) {
        Scope own = scope.inner();
        with.targets().forEach(target -> ScopeAnalysis.parameters(target, own.symbols()));
        ScopeAnalysis.visitAll(with.body(), own.symbols());
        Code[] values = ExpressionCompiler.compileAll(with.values(), scope);
        Assigner[] targets = with.targets().stream()
                .map(target -> Assignments.compile(target, own))
                .toArray(Assigner[]::new);
        Action body = body(with.body(), own);
        return scoped(own, activation -> {
            for (int i = 0; i < targets.length; i++) {
                targets[i].assign(activation, values[i].run(activation));
            }
            return body.run(activation);
        });
    }

    private Action macro(Stmt.Macro macro, Scope scope) {
        MacroCode code = callable(macro, macro.name(), scope);
        int slot = Assignments.slot(macro.name(), scope);
        Action export = hasBlocks && scope.topLevel() ? export(macro.name(), scope) : Action.NOTHING;
        return activation -> {
            activation.slots[slot] = new Macro(code, activation);
            return export.run(activation);
        };
    }

    private Action callBlock(Stmt.CallBlock block, Scope scope) {
        MacroCode code = callable(block, null, scope);
        Code caller = activation -> new Macro(code, activation);
        Position at = block.at();
        Expr.Call call = block.call();
        Code result = call == null
                ? activation -> new Macro(code, activation).call(activation.execution, Arguments.NONE)
                : ExpressionCompiler.call(call, scope, caller);
        return activation -> {
            activation.execution.at(at);
            activation.out.append(printed(result.run(activation)));
            return Flow.NORMAL;
        };
    }

    private MacroCode callable(Stmt.Callable callable, @Nullable String name, Scope scope) {
        Scope own = scope.innerFunction();
        Symbols symbols = own.symbols();
        callable.parameters().forEach(parameter -> symbols.parameter(parameter.name()));
        ScopeAnalysis.visitAll(callable.defaults(), symbols);
        ScopeAnalysis.visitAll(callable.body(), symbols);
        List<String> parameters =
                callable.parameters().stream().map(Target.Variable::name).toList();
        Set<String> implicit =
                new HashSet<>(ScopeAnalysis.undeclared(callable.body(), Set.of("caller", "kwargs", "varargs")));
        int explicitCaller = parameters.indexOf("caller");
        if (implicit.contains("caller")
                && explicitCaller >= 0
                && explicitCaller < parameters.size() - callable.defaults().size()) {
            throw Errors.syntax(
                    "When defining macros or call blocks the special \"caller\" argument must be omitted or be"
                            + " given a default.",
                    callable.at());
        }
        implicit.removeAll(parameters);
        implicit.forEach(symbols::parameter);
        List<Integer> slots = parameters.stream()
                .map(parameter -> Assignments.slot(parameter, own))
                .toList();
        List<Code> defaults = List.of(ExpressionCompiler.compileAll(callable.defaults(), own));
        Action body = body(callable.body(), own);
        return new MacroCode(
                name,
                parameters,
                slots,
                defaults,
                implicit.contains("caller") ? Assignments.slot("caller", own) : -1,
                implicit.contains("kwargs") ? Assignments.slot("kwargs", own) : -1,
                implicit.contains("varargs") ? Assignments.slot("varargs", own) : -1,
                symbols.function(),
                Entry.of(symbols),
                body,
                SyntaxTree.depth(callable.body()));
    }

    /** A block prints itself where it stands; its scope is the template's top level, or all around it when scoped. */
    private Action block(Stmt.Block block, Scope scope) {
        if (!blockNames.add(block.name())) {
            throw Errors.syntax("block " + Repr.quote(block.name()) + " defined twice", block.at());
        }
        Scope own = Scope.root().looping(false);
        Scope isolated = new Scope(own.symbols(), false, false, false);
        ScopeAnalysis.visitAll(block.body(), isolated.symbols());
        Action body = body(block.body(), isolated);
        Entry entry = Entry.of(isolated.symbols());
        FunctionScope function = isolated.symbols().function();
        Map<String, Symbols.Reference> visible = new HashMap<>();
        if (block.scoped()) {
            scope.symbols().visibleStores().forEach(name -> visible.put(name, Assignments.reference(name, scope)));
        }
        int depth = SyntaxTree.depth(block.body());
        return activation -> {
            Context context =
                    visible.isEmpty() ? activation.context : activation.context.with(values(visible, activation));
            Activation inner = new Activation(function, null, context, activation.out);
            activation.execution.enter(depth);
            entry.enter(inner);
            body.run(inner);
            activation.execution.leave(depth);
            return Flow.NORMAL;
        };
    }

    private static Map<String, Value> values(Map<String, Symbols.Reference> names, Activation activation) {
        Map<String, Value> values = new HashMap<>();
        names.forEach((name, reference) -> {
            Value value = activation.outer(reference.hops()).slots[reference.slot()];
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }
}
