package org.carafe.models.template.jinja.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.TemplateLimits;

/**
 * A parsed template.
 *
 * @param depth of the deepest node
 */
public record SyntaxTree(List<Stmt> body, int depth) {
    /** Levels of tree for one level of nesting in the source: long chains of operators make trees deep, too. */
    private static final int DEPTH_PER_NESTING = 3;

    private record Visit(Node node, int depth) {}

    /** Parses a template. TemplateException of kind SYNTAX, UNSUPPORTED or LIMIT where it cannot be. */
    public static SyntaxTree parse(String source, TemplateLimits limits) {
        if (source.length() > limits.sourceCharsMax()) {
            throw new TemplateException(
                    Kind.LIMIT,
                    "template of " + source.length() + " characters exceeds the limit of " + limits.sourceCharsMax(),
                    1,
                    1);
        }
        TokenStream stream = new TokenStream(Lexer.tokenize(source), limits.nestingMax());
        List<Stmt> body = new StatementParser(stream).template();
        return new SyntaxTree(body, depth(body, limits.nestingMax() * DEPTH_PER_NESTING));
    }

    /** Of the deepest node below these statements. */
    public static int depth(List<Stmt> body) {
        return depth(body, Integer.MAX_VALUE);
    }

    private static int depth(List<Stmt> body, int depthMax) {
        Deque<Visit> open = new ArrayDeque<>();
        body.forEach(statement -> open.push(new Visit(statement, 1)));
        int deepest = 0;
        while (!open.isEmpty()) {
            Visit visit = open.pop();
            deepest = Math.max(deepest, visit.depth());
            if (deepest > depthMax) {
                throw new TemplateException(
                        Kind.LIMIT,
                        "template chains or nests more than " + depthMax + " operations",
                        visit.node().at().line(),
                        visit.node().at().column());
            }
            visit.node().children().forEach(child -> open.push(new Visit(child, visit.depth() + 1)));
        }
        return deepest;
    }
}
