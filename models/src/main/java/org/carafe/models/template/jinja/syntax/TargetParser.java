package org.carafe.models.template.jinja.syntax;

import org.carafe.models.template.jinja.Position;

/** Parses what can be assigned to. */
final class TargetParser {
    private final TokenStream stream;
    private final ExpressionParser expressions;

    TargetParser(TokenStream stream, ExpressionParser expressions) {
        this.stream = stream;
        this.expressions = expressions;
    }

    /** A target of for, set or with. */
    Target target(boolean allowAttributes) {
        Expr parsed = expressions.tuple(() -> targetItem(allowAttributes), false);
        return toTarget(parsed);
    }

    private Expr targetItem(boolean allowAttributes) {
        Token token = stream.current();
        Expr item = expressions.primary();
        if (allowAttributes && item instanceof Expr.Name && stream.at(TokenKind.DOT)) {
            stream.advance();
            return new Expr.GetAttribute(item, stream.expect(TokenKind.NAME).text(), token.at());
        }
        return item;
    }

    private Target toTarget(Expr parsed) {
        return switch (parsed) {
            case Expr.Name name -> new Target.Variable(name.name(), name.at());
            case Expr.GetAttribute(Expr.Name namespace, String name, Position at) ->
                new Target.Attribute(namespace.name(), name, at);
            case Expr.TupleOf tuple ->
                new Target.Unpack(tuple.items().stream().map(this::toTarget).toList(), tuple.at());
            default -> throw stream.fail("can't assign to '" + describe(parsed) + "'", parsed.at());
        };
    }

    private static String describe(Expr expression) {
        return switch (expression) {
            case Expr.Const constant -> "const";
            case Expr.ListOf list -> "list";
            case Expr.DictOf dict -> "dict";
            default -> "expression";
        };
    }

    /** A target that is one name. */
    Target.Variable nameTarget() {
        Token token = stream.expect(TokenKind.NAME);
        switch (token.text()) {
            case "true", "True", "false", "False", "none", "None" ->
                throw stream.fail("can't assign to 'name'", token.at());
            default -> {
                return new Target.Variable(token.text(), token.at());
            }
        }
    }
}
