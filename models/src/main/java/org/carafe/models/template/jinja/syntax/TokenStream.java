package org.carafe.models.template.jinja.syntax;

import java.util.List;
import org.carafe.models.template.TemplateException;
import org.carafe.models.template.jinja.Errors;
import org.carafe.models.template.jinja.Position;

/** Reads tokens one after the other; counts how deep the parser is, since it recurses as deep as the source nests. */
final class TokenStream {
    private final List<Token> tokens;
    private final int nestingMax;
    private int next;
    private int nesting;

    TokenStream(List<Token> tokens, int nestingMax) {
        this.tokens = tokens;
        this.nestingMax = nestingMax;
    }

    Token current() {
        return tokens.get(next);
    }

    Token look() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    /** Moves on and returns the token that was current; the last one, EOF, stays. */
    Token advance() {
        Token token = current();
        if (!token.is(TokenKind.EOF)) {
            next++;
        }
        return token;
    }

    boolean at(TokenKind kind) {
        return current().is(kind);
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean skip(TokenKind kind) {
        boolean found = at(kind);
        if (found) {
            advance();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = atName(name);
        if (found) {
            advance();
        }
        return found;
    }

    Token expect(TokenKind kind) {
        if (!at(kind)) {
            throw expected(kind.description);
        }
        return advance();
    }

    Token expectName(String name) {
        if (!atName(name)) {
            throw expected(name);
        }
        return advance();
    }

    private TemplateException expected(String what) {
        return current().is(TokenKind.EOF)
                ? fail("unexpected end of template, expected '" + what + "'.")
                : fail("expected token '" + what + "', got '" + current().describe() + "'");
    }

    TemplateException fail(String message) {
        return Errors.syntax(message, current().at());
    }

    TemplateException fail(String message, Position at) {
        return Errors.syntax(message, at);
    }

    void enter() {
        if (++nesting > nestingMax) {
            throw new TemplateException(
                    TemplateException.Kind.LIMIT,
                    "template nests deeper than the limit of " + nestingMax,
                    current().at().line(),
                    current().at().column());
        }
    }

    void leave() {
        nesting--;
    }
}
