package org.carafe.models.template.jinja.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateException.Kind;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.value.Text;

/** Parses statements and the text between them. */
final class StatementParser {
    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final Deque<String> openTags = new ArrayDeque<>();
    private final Deque<List<String>> awaited = new ArrayDeque<>();

    StatementParser(TokenStream stream) {
        this.stream = stream;
        this.expressions = new ExpressionParser(stream);
        this.targets = new TargetParser(stream, expressions);
    }

    List<Stmt> template() {
        return until(List.of());
    }

    /** Statements up to a tag of one of these names, which becomes current; to the end of the template when there are none. */
    private List<Stmt> until(List<String> endTags) {
        stream.enter();
        awaited.push(endTags);
        List<Stmt> body = new ArrayList<>();
        List<Expr> output = new ArrayList<>();
        while (!stream.at(TokenKind.EOF)) {
            Token token = stream.advance();
            switch (token.kind()) {
                case DATA -> output.add(new Expr.Const(Text.of(token.text()), token.at()));
                case VARIABLE_BEGIN -> {
                    output.add(expressions.tuple(true));
                    stream.expect(TokenKind.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    flush(output, body);
                    if (stream.at(TokenKind.NAME)
                            && endTags.contains(stream.current().text())) {
                        awaited.pop();
                        stream.leave();
                        return body;
                    }
                    body.add(statement());
                    stream.expect(TokenKind.BLOCK_END);
                }
                default -> throw new IllegalStateException("token outside of a tag: " + token);
            }
        }
        if (!endTags.isEmpty()) {
            throw unexpectedEnd();
        }
        flush(output, body);
        awaited.pop();
        stream.leave();
        return body;
    }

    private static void flush(List<Expr> output, List<Stmt> body) {
        if (!output.isEmpty()) {
            body.add(new Stmt.Output(List.copyOf(output), output.getFirst().at()));
            output.clear();
        }
    }

    private List<Stmt> block(String... endTags) {
        stream.skip(TokenKind.COLON);
        stream.expect(TokenKind.BLOCK_END);
        return until(List.of(endTags));
    }

    private List<Stmt> blockTo(String endTag) {
        List<Stmt> body = block(endTag);
        stream.advance();
        return body;
    }

    private Stmt statement() {
        Token tag = stream.current();
        if (!tag.is(TokenKind.NAME)) {
            throw stream.fail("tag name expected");
        }
        openTags.push(tag.text());
        Stmt parsed = switch (tag.text()) {
            case "for" -> parseFor();
            case "if" -> parseIf();
            case "set" -> parseSet();
            case "with" -> parseWith();
            case "macro" -> parseMacro();
            case "call" -> parseCall();
            case "filter" -> parseFilter();
            case "print" -> parsePrint();
            case "block" -> parseBlock();
            case "autoescape" -> parseAutoescape();
            case "generation" -> {
                Position at = stream.advance().at();
                yield new Stmt.CallBlock(null, List.of(), List.of(), blockTo("endgeneration"), at);
            }
            case "break" -> new Stmt.Break(stream.advance().at());
            case "continue" -> new Stmt.Continue(stream.advance().at());
            case "include", "import", "from", "extends" ->
                throw unsupported("the '" + tag.text() + "' tag is not supported: a chat template is one file", tag);
            default -> {
                openTags.pop();
                throw unknownTag(tag);
            }
        };
        openTags.pop();
        return parsed;
    }

    private Stmt parseFor() {
        Position at = stream.advance().at();
        Target target = targets.target(false);
        stream.expectName("in");
        Expr iterable = expressions.tuple(false);
        Expr test = stream.skipName("if") ? expressions.expression() : null;
        boolean recursive = stream.skipName("recursive");
        List<Stmt> body = block("endfor", "else");
        List<Stmt> otherwise = stream.advance().text().equals("endfor") ? List.of() : blockTo("endfor");
        return new Stmt.For(target, iterable, body, otherwise, test, recursive, at);
    }

    private Stmt parseIf() {
        Position at = stream.current().at();
        List<Stmt.Branch> branches = new ArrayList<>();
        while (true) {
            Position branchAt = stream.advance().at();
            Expr test = expressions.tuple(false);
            branches.add(new Stmt.Branch(test, block("elif", "else", "endif"), branchAt));
            if (!stream.atName("elif")) {
                break;
            }
        }
        List<Stmt> otherwise = stream.advance().text().equals("else") ? blockTo("endif") : List.of();
        return new Stmt.If(branches, otherwise, at);
    }

    private Stmt parseSet() {
        Position at = stream.advance().at();
        Target target = targets.target(true);
        if (stream.skip(TokenKind.ASSIGN)) {
            return new Stmt.Set(target, expressions.tuple(true), at);
        }
        Expr.Filter filter = null;
        while (stream.skip(TokenKind.PIPE)) {
            filter = expressions.filter(filter);
        }
        return new Stmt.SetBlock(target, filter, blockTo("endset"), at);
    }

    private Stmt parseWith() {
        Position at = stream.advance().at();
        List<Target> assigned = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!stream.at(TokenKind.BLOCK_END)) {
            if (!assigned.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            assigned.add(targets.target(false));
            stream.expect(TokenKind.ASSIGN);
            values.add(expressions.expression());
        }
        return new Stmt.With(assigned, values, blockTo("endwith"), at);
    }

    private Stmt parseMacro() {
        Position at = stream.advance().at();
        String name = targets.nameTarget().name();
        List<Target.Variable> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        signature(parameters, defaults);
        return new Stmt.Macro(name, parameters, defaults, blockTo("endmacro"), at);
    }

    private void signature(List<Target.Variable> parameters, List<Expr> defaults) {
        stream.expect(TokenKind.LPAREN);
        while (!stream.at(TokenKind.RPAREN)) {
            if (!parameters.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            Target.Variable parameter = targets.nameTarget();
            if (parameters.stream().anyMatch(other -> other.name().equals(parameter.name()))) {
                throw stream.fail(
                        "duplicate argument '" + parameter.name() + "' in function definition", parameter.at());
            }
            if (stream.skip(TokenKind.ASSIGN)) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw stream.fail("non-default argument follows default argument");
            }
            parameters.add(parameter);
        }
        stream.expect(TokenKind.RPAREN);
    }

    private Stmt parseCall() {
        Position at = stream.advance().at();
        List<Target.Variable> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        if (stream.at(TokenKind.LPAREN)) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw stream.fail("expected call", at);
        }
        return new Stmt.CallBlock(call, parameters, defaults, blockTo("endcall"), at);
    }

    private Stmt parseFilter() {
        Position at = stream.advance().at();
        Expr.Filter filter = expressions.filter(null);
        while (stream.skip(TokenKind.PIPE)) {
            filter = expressions.filter(filter);
        }
        return new Stmt.FilterBlock(filter, blockTo("endfilter"), at);
    }

    private Stmt parsePrint() {
        Position at = stream.advance().at();
        List<Expr> parts = new ArrayList<>();
        while (!stream.at(TokenKind.BLOCK_END)) {
            if (!parts.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            parts.add(expressions.expression());
        }
        return new Stmt.Output(parts, at);
    }

    private Stmt parseBlock() {
        Position at = stream.advance().at();
        String name = stream.expect(TokenKind.NAME).text();
        boolean scoped = stream.skipName("scoped");
        if (stream.skipName("required")) {
            throw unsupported("required blocks are not supported: a chat template is one file", stream.current());
        }
        if (stream.at(TokenKind.SUB)) {
            throw stream.fail("Block names in Jinja have to be valid Python identifiers and may not contain hyphens,"
                    + " use an underscore instead.");
        }
        List<Stmt> body = blockTo("endblock");
        stream.skipName(name);
        return new Stmt.Block(name, body, scoped, at);
    }

    private Stmt parseAutoescape() {
        Token tag = stream.advance();
        Expr wanted = expressions.expression();
        if (!(wanted instanceof Expr.Const constant) || constant.value().truth()) {
            throw unsupported("only '{% autoescape false %}' is supported", tag);
        }
        return new Stmt.Scope(blockTo("endautoescape"), tag.at());
    }

    private static TemplateException unsupported(String message, Token tag) {
        return new TemplateException(
                Kind.UNSUPPORTED, message, tag.at().line(), tag.at().column());
    }

    private TemplateException unknownTag(Token tag) {
        String message = "Encountered unknown tag '" + tag.text() + "'.";
        List<String> looking = awaited.getFirst();
        if (!looking.isEmpty()) {
            boolean nested = awaited.stream().anyMatch(tags -> tags.contains(tag.text()));
            message += nested
                    ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
                            + quoted(looking) + "."
                    : " Jinja was looking for the following tags: " + quoted(looking) + ".";
        }
        return stream.fail(message + innermost(), tag.at());
    }

    private TemplateException unexpectedEnd() {
        return stream.fail("Unexpected end of template. Jinja was looking for the following tags: "
                + quoted(awaited.getFirst()) + "." + innermost());
    }

    private String innermost() {
        return openTags.isEmpty()
                ? ""
                : " The innermost block that needs to be closed is '" + openTags.getFirst() + "'.";
    }

    private static String quoted(List<String> tags) {
        return tags.stream().map(tag -> "'" + tag + "'").collect(Collectors.joining(" or "));
    }
}
