package org.carafe.models.template.jinja.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.syntax.Expr.CallArguments;
import org.jspecify.annotations.Nullable;

/** Parses what follows an operand: subscripts, calls, filters and tests. */
final class PostfixParser {
    private final TokenStream stream;
    private final ExpressionParser expressions;

    PostfixParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    Expr postfix(Expr subject) {
        Expr parsed = subject;
        while (true) {
            switch (stream.current().kind()) {
                case DOT, LBRACKET -> parsed = subscript(parsed);
                case LPAREN -> parsed = call(parsed);
                default -> {
                    return parsed;
                }
            }
        }
    }

    Expr filters(Expr subject) {
        Expr parsed = subject;
        while (true) {
            if (stream.at(TokenKind.PIPE)) {
                stream.advance();
                parsed = filter(parsed);
            } else if (stream.atName("is")) {
                parsed = test(parsed);
            } else if (stream.at(TokenKind.LPAREN)) {
                parsed = call(parsed);
            } else {
                return parsed;
            }
        }
    }

    /** A filter's name and arguments; the stream stands behind the bar. */
    Expr.Filter filter(@Nullable Expr subject) {
        Position at = stream.current().at();
        String name = dottedName();
        return new Expr.Filter(subject, name, optionalArguments(), at);
    }

    private CallArguments optionalArguments() {
        return stream.at(TokenKind.LPAREN) ? arguments() : CallArguments.NONE;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(stream.expect(TokenKind.NAME).text());
        while (stream.skip(TokenKind.DOT)) {
            name.append('.').append(stream.expect(TokenKind.NAME).text());
        }
        return name.toString();
    }

    private Expr test(Expr subject) {
        Position at = stream.expectName("is").at();
        boolean negated = stream.skipName("not");
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        switch (stream.current().kind()) {
            case LPAREN -> arguments = arguments();
            case NAME, STRING, INTEGER, FLOAT, LBRACKET, LBRACE -> {
                if (!stream.atName("else") && !stream.atName("or") && !stream.atName("and")) {
                    if (stream.atName("is")) {
                        throw stream.fail("You cannot chain multiple tests with is");
                    }
                    Expr argument = postfix(expressions.primary());
                    arguments = new CallArguments(List.of(argument), List.of(), null, null);
                }
            }
            default -> {}
        }
        Expr test = new Expr.Test(subject, name, arguments, at);
        return negated ? new Expr.Not(test, at) : test;
    }

    private Expr subscript(Expr object) {
        Token open = stream.advance();
        if (open.is(TokenKind.DOT)) {
            Token name = stream.advance();
            if (name.is(TokenKind.NAME)) {
                return new Expr.GetAttribute(object, name.text(), open.at());
            }
            if (name.is(TokenKind.INTEGER)) {
                return new Expr.GetItem(object, ExpressionParser.number(name), open.at());
            }
            throw stream.fail("expected name or number", name.at());
        }
        Expr subscript = subscriptOf(object, open.at());
        stream.expect(TokenKind.RBRACKET);
        return subscript;
    }

    private Expr subscriptOf(Expr object, Position at) {
        List<Expr> keys = new ArrayList<>();
        while (!stream.at(TokenKind.RBRACKET)) {
            if (!keys.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            Expr key = stream.at(TokenKind.COLON) ? null : expressions.expression();
            if (key != null && !stream.at(TokenKind.COLON)) {
                keys.add(key);
                continue;
            }
            Expr slice = slice(object, key, at);
            if (!keys.isEmpty() || !stream.at(TokenKind.RBRACKET)) {
                throw stream.fail("invalid syntax: a slice cannot be one of several subscripts", at);
            }
            return slice;
        }
        return new Expr.GetItem(object, keys.size() == 1 ? keys.getFirst() : new Expr.TupleOf(keys, at), at);
    }

    private Expr slice(Expr object, @Nullable Expr start, Position at) {
        stream.expect(TokenKind.COLON);
        Expr stop = sliceBound();
        Expr step = stream.skip(TokenKind.COLON) ? sliceBound() : null;
        return new Expr.Slice(object, start, stop, step, at);
    }

    private @Nullable Expr sliceBound() {
        return switch (stream.current().kind()) {
            case COLON, RBRACKET, COMMA -> null;
            default -> expressions.expression();
        };
    }

    private Expr call(Expr callee) {
        Position at = stream.current().at();
        return new Expr.Call(callee, arguments(), at);
    }

    private CallArguments arguments() {
        Position open = stream.expect(TokenKind.LPAREN).at();
        List<Expr> positional = new ArrayList<>();
        List<Expr.Keyword> keywords = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Expr star = null;
        Expr doubleStar = null;
        boolean first = true;
        while (!stream.at(TokenKind.RPAREN)) {
            if (!first) {
                stream.expect(TokenKind.COMMA);
                if (stream.at(TokenKind.RPAREN)) {
                    break;
                }
            }
            first = false;
            if (stream.at(TokenKind.MUL)) {
                ensure(star == null && doubleStar == null, open);
                stream.advance();
                star = expressions.expression();
            } else if (stream.at(TokenKind.POW)) {
                ensure(doubleStar == null, open);
                stream.advance();
                doubleStar = expressions.expression();
            } else if (stream.at(TokenKind.NAME) && stream.look().is(TokenKind.ASSIGN)) {
                ensure(doubleStar == null, open);
                String name = stream.advance().text();
                stream.advance();
                if (!names.add(name)) {
                    throw stream.fail("keyword argument repeated: " + name, open);
                }
                keywords.add(new Expr.Keyword(name, expressions.expression()));
            } else {
                ensure(star == null && doubleStar == null && keywords.isEmpty(), open);
                positional.add(expressions.expression());
            }
        }
        stream.expect(TokenKind.RPAREN);
        return new CallArguments(positional, keywords, star, doubleStar);
    }

    private void ensure(boolean valid, Position at) {
        if (!valid) {
            throw stream.fail("invalid syntax for function call expression", at);
        }
    }
}
