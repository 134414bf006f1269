package org.carafe.models.template.jinja.syntax;

import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * A token.
 *
 * @param text its characters; of a string or of data the ones it stands for
 * @param value of a number
 */
record Token(TokenKind kind, String text, @Nullable Value value, Position at) {
    boolean is(TokenKind wanted) {
        return kind == wanted;
    }

    boolean isName(String name) {
        return kind == TokenKind.NAME && text.equals(name);
    }

    String describe() {
        return kind == TokenKind.NAME ? text : kind.description;
    }
}
