package org.carafe.models.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.carafe.models.template.jinja.syntax.Expr;
import org.carafe.models.template.jinja.syntax.Node;
import org.carafe.models.template.jinja.syntax.Stmt;
import org.carafe.models.template.jinja.syntax.SyntaxTree;
import org.carafe.models.template.jinja.syntax.Target;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;

/**
 * What a template does with the content of messages, read off its syntax tree: vLLM's way to tell templates that want OpenAI's
 * content parts from those that want strings, extended to variables and macro parameters that hold the content.
 *
 * @param wantsParts it loops over the content
 * @param knowsStrings it asks whether the content is a string
 * @param knowsNone it asks whether the content is None
 */
public record ContentUse(boolean wantsParts, boolean knowsStrings, boolean knowsNone) {
    static ContentUse of(SyntaxTree tree) {
        List<Node> nodes = allNodes(tree.body());
        Set<String> conversations = closure(nodes, Set.of("messages"), ContentUse::isVariable);
        Set<String> messages = new HashSet<>();
        for (Node node : nodes) {
            if (node instanceof Stmt.For loop
                    && loop.target() instanceof Target.Variable variable
                    && isVariable(loop.iterable(), conversations)) {
                messages.add(variable.name());
            }
        }
        Predicate<Expr> direct = expression -> isContentOf(expression, messages, conversations);
        Set<String> contents = closure(
                nodes,
                Set.of(),
                (expression, known) -> isVariable(expression, known) || direct.test(unwrapped(expression)));
        Predicate<Expr> isContent =
                expression -> direct.test(unwrapped(expression)) || isVariable(expression, contents);
        return new ContentUse(
                nodes.stream().anyMatch(node -> node instanceof Stmt.For loop && isContent.test(loop.iterable())),
                nodes.stream().anyMatch(node -> isTest(node, "string", isContent)),
                nodes.stream().anyMatch(node -> isTest(node, "none", isContent) || isComparedToNone(node, isContent)));
    }

    private static List<Node> allNodes(List<Stmt> body) {
        Deque<Node> open = new ArrayDeque<>(body);
        List<Node> all = new java.util.ArrayList<>();
        while (!open.isEmpty()) {
            Node node = open.poll();
            all.add(node);
            open.addAll(node.children());
        }
        return all;
    }

    /** Whether an expression is, or is made by filters and slices from, one of these variables. */
    private interface Access {
        boolean test(Expr expression, Set<String> variables);
    }

    /** The variables that hold such an expression: by set, or as the parameter of a macro called with one. */
    private static Set<String> closure(List<Node> nodes, Set<String> start, Access access) {
        Set<String> known = new HashSet<>(start);
        int before;
        do {
            before = known.size();
            for (Node node : nodes) {
                if (node instanceof Stmt.Set(Target.Variable target, Expr value, var at) && access.test(value, known)) {
                    known.add(target.name());
                } else if (node instanceof Expr.Call call && call.callee() instanceof Expr.Name callee) {
                    addParameters(nodes, callee.name(), call.arguments(), known, access);
                }
            }
        } while (known.size() > before);
        return known;
    }

    private static void addParameters(
            List<Node> nodes, String macroName, Expr.CallArguments arguments, Set<String> known, Access access) {
        for (int i = 0; i < arguments.positional().size(); i++) {
            if (!access.test(arguments.positional().get(i), known)) {
                continue;
            }
            for (Node node : nodes) {
                if (node instanceof Stmt.Macro macro
                        && macro.name().equals(macroName)
                        && i < macro.parameters().size()) {
                    known.add(macro.parameters().get(i).name());
                }
            }
        }
    }

    private static Expr unwrapped(Expr expression) {
        return switch (expression) {
            case Expr.Filter filter when filter.subject() != null -> unwrapped(filter.subject());
            case Expr.Slice slice -> unwrapped(slice.object());
            default -> expression;
        };
    }

    private static boolean isVariable(Expr expression, Set<String> variables) {
        return unwrapped(expression) instanceof Expr.Name name && variables.contains(name.name());
    }

    private static boolean isContentOf(Expr expression, Set<String> messages, Set<String> conversations) {
        Expr owner = switch (expression) {
            case Expr.GetAttribute get when get.name().equals("content") -> get.object();
            case Expr.GetItem get when isText(get.key(), "content") -> get.object();
            case Expr.Call call
            when call.callee() instanceof Expr.GetAttribute get
                    && get.name().equals("get")
                    && !call.arguments().positional().isEmpty()
                    && isText(call.arguments().positional().getFirst(), "content") -> get.object();
            default -> null;
        };
        return switch (owner) {
            case null -> false;
            case Expr.Name name -> messages.contains(name.name());
            case Expr.GetItem item -> isVariable(item.object(), conversations);
            default -> false;
        };
    }

    private static boolean isText(Expr expression, String wanted) {
        return expression instanceof Expr.Const constant
                && constant.value() instanceof Text text
                && text.chars().equals(wanted);
    }

    private static boolean isTest(Node node, String name, Predicate<Expr> isContent) {
        return node instanceof Expr.Test test && test.name().equals(name) && isContent.test(test.subject());
    }

    private static boolean isComparedToNone(Node node, Predicate<Expr> isContent) {
        return node instanceof Expr.Compare compare
                && isContent.test(compare.first())
                && compare.operands().stream()
                        .anyMatch(operand ->
                                operand.value() instanceof Expr.Const constant && constant.value() == NoneValue.NONE);
    }
}
