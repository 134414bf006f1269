package org.carafe.models.template.jinja.eval;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.models.template.jinja.syntax.Expr;
import org.carafe.models.template.jinja.syntax.Node;
import org.carafe.models.template.jinja.syntax.Stmt;
import org.carafe.models.template.jinja.syntax.Target;

/** Finds the names that a scope loads and stores, in Jinja2's order of visits ({@code idtracking.FrameSymbolVisitor}). */
final class ScopeAnalysis {
    private ScopeAnalysis() {}

    static void visitAll(List<? extends Node> nodes, Symbols symbols) {
        nodes.forEach(node -> visit(node, symbols));
    }

    /** Visits a node as part of a scope; stops where a scope of its own begins. */
    static void visit(Node node, Symbols symbols) {
        switch (node) {
            case Expr.Name name -> symbols.load(name.name());
            case Expr expression -> visitAll(expression.children(), symbols);
            case Target.Variable variable -> symbols.store(variable.name());
            case Target.Attribute attribute -> symbols.load(attribute.namespace());
            case Target.Unpack unpack -> visitAll(unpack.targets(), symbols);
            case Stmt.If branching -> visitIf(branching, symbols);
            case Stmt.Macro macro -> symbols.store(macro.name());
            case Stmt.Set set -> {
                visit(set.value(), symbols);
                visit(set.target(), symbols);
            }
            case Stmt.SetBlock block -> visit(block.target(), symbols);
            case Stmt.For loop -> visit(loop.iterable(), symbols);
            case Stmt.With with -> visitAll(with.values(), symbols);
            case Stmt.FilterBlock block -> visit(block.filter(), symbols);
            case Stmt.CallBlock block -> {
                if (block.call() != null) {
                    visit(block.call(), symbols);
                }
            }
            case Stmt.Output output -> visitAll(output.parts(), symbols);
            case Stmt.Scope scope -> {}
            case Stmt.Block block -> {}
            case Stmt.Break leave -> {}
            case Stmt.Continue next -> {}
        }
    }

    private static void visitIf(Stmt.If branching, Symbols symbols) {
        Stmt.Branch first = branching.branches().getFirst();
        visit(first.test(), symbols);
        Symbols body = symbols.copy();
        visitAll(first.body(), body);
        Symbols elifs = symbols.copy();
        for (Stmt.Branch branch :
                branching.branches().subList(1, branching.branches().size())) {
            visit(branch.test(), elifs);
            Symbols inner = elifs.copy();
            visitAll(branch.body(), inner);
            elifs.merge(List.of(inner, elifs.copy(), elifs.copy()));
        }
        Symbols otherwise = symbols.copy();
        visitAll(branching.otherwise(), otherwise);
        symbols.merge(List.of(body, elifs, otherwise));
    }

    /** Declares the variables of a target as parameters: they are stored before the scope's body runs. */
    static void parameters(Target target, Symbols symbols) {
        switch (target) {
            case Target.Variable variable -> symbols.parameter(variable.name());
            case Target.Attribute attribute -> symbols.load(attribute.namespace());
            case Target.Unpack unpack -> unpack.targets().forEach(inner -> parameters(inner, symbols));
        }
    }

    /** Which of these names the nodes read before they assign them, nested scopes included but blocks not. */
    static Set<String> undeclared(List<? extends Node> nodes, Set<String> names) {
        Set<String> wanted = new HashSet<>(names);
        Set<String> found = new HashSet<>();
        for (Node node : nodes) {
            undeclared(node, wanted, found);
        }
        return found;
    }

    private static void undeclared(Node node, Set<String> wanted, Set<String> found) {
        switch (node) {
            case Expr.Name name -> {
                if (wanted.contains(name.name())) {
                    found.add(name.name());
                }
            }
            case Target.Variable variable -> wanted.remove(variable.name());
            case Stmt.Block block -> {}
            default -> node.children().forEach(child -> undeclared(child, wanted, found));
        }
    }

    /** All nodes below, in depth. */
    static List<Node> descendants(List<? extends Node> nodes) {
        List<Node> all = new ArrayList<>(nodes);
        for (int i = 0; i < all.size(); i++) {
            all.addAll(all.get(i).children());
        }
        return all;
    }
}
