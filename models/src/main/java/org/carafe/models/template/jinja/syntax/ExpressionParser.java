package org.carafe.models.template.jinja.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.syntax.Expr.BinaryOperator;
import org.carafe.models.template.jinja.syntax.Expr.CallArguments;
import org.carafe.models.template.jinja.syntax.Expr.CompareOperator;
import org.carafe.models.template.jinja.value.BoolValue;
import org.carafe.models.template.jinja.value.NoneValue;
import org.carafe.models.template.jinja.value.Text;
import org.carafe.models.template.jinja.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions. Binding, from loose to tight: {@code if else}, {@code or}, {@code and}, {@code not}, comparisons,
 * {@code + -}, {@code ~}, {@code * / // %}, {@code **} (to the left, unlike Python), unary signs, then subscripts, calls,
 * filters and tests.
 */
final class ExpressionParser {
    private final TokenStream stream;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
    }

    Expr expression() {
        return expression(true);
    }

    /** @param conditional whether {@code if} may follow: it may not where a loop's filter does */
    Expr expression(boolean conditional) {
        stream.enter();
        Expr parsed = conditional ? conditional() : or();
        stream.leave();
        return parsed;
    }

    /** An expression, or several with commas between them, which make a tuple. */
    Expr tuple(boolean conditional) {
        return tuple(() -> expression(conditional), false);
    }

    private Expr tuple(Supplier<Expr> item, boolean parenthesized) {
        Position at = stream.current().at();
        List<Expr> items = new ArrayList<>();
        boolean isTuple = false;
        while (true) {
            if (!items.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            if (isTupleEnd()) {
                break;
            }
            items.add(item.get());
            if (!stream.at(TokenKind.COMMA)) {
                break;
            }
            isTuple = true;
        }
        if (!isTuple && !items.isEmpty()) {
            return items.getFirst();
        }
        if (!isTuple && !parenthesized) {
            throw stream.fail("Expected an expression, got '" + stream.current().describe() + "'");
        }
        return new Expr.TupleOf(items, at);
    }

    private boolean isTupleEnd() {
        return switch (stream.current().kind()) {
            case VARIABLE_END, BLOCK_END, RPAREN -> true;
            default -> false;
        };
    }

    private Expr conditional() {
        Position at = stream.current().at();
        Expr result = or();
        while (stream.skipName("if")) {
            Expr test = or();
            Expr otherwise = null;
            if (stream.skipName("else")) {
                stream.enter();
                otherwise = conditional();
                stream.leave();
            }
            result = new Expr.Conditional(test, result, otherwise, at);
            at = stream.current().at();
        }
        return result;
    }

    private Expr or() {
        Expr left = and();
        while (stream.atName("or")) {
            Position at = stream.advance().at();
            left = new Expr.Or(left, and(), at);
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (stream.atName("and")) {
            Position at = stream.advance().at();
            left = new Expr.And(left, not(), at);
        }
        return left;
    }

    private Expr not() {
        if (!stream.atName("not")) {
            return comparison();
        }
        Position at = stream.advance().at();
        stream.enter();
        Expr operand = not();
        stream.leave();
        return new Expr.Not(operand, at);
    }

    private Expr comparison() {
        Expr first = sum();
        Position at = stream.current().at();
        List<Expr.Operand> operands = new ArrayList<>();
        for (CompareOperator operator = compareOperator(); operator != null; operator = compareOperator()) {
            operands.add(new Expr.Operand(operator, sum()));
        }
        return operands.isEmpty() ? first : new Expr.Compare(first, operands, at);
    }

    private @Nullable CompareOperator compareOperator() {
        CompareOperator operator = switch (stream.current().kind()) {
            case EQ -> CompareOperator.EQUAL;
            case NE -> CompareOperator.NOT_EQUAL;
            case LT -> CompareOperator.LESS;
            case LTEQ -> CompareOperator.LESS_OR_EQUAL;
            case GT -> CompareOperator.GREATER;
            case GTEQ -> CompareOperator.GREATER_OR_EQUAL;
            case NAME -> {
                if (stream.atName("not") && stream.look().isName("in")) {
                    stream.advance();
                    yield CompareOperator.NOT_IN;
                }
                yield stream.atName("in") ? CompareOperator.IN : null;
            }
            default -> null;
        };
        if (operator != null) {
            stream.advance();
        }
        return operator;
    }

    private Expr sum() {
        Expr left = concat();
        while (stream.at(TokenKind.ADD) || stream.at(TokenKind.SUB)) {
            Token operator = stream.advance();
            BinaryOperator kind = operator.is(TokenKind.ADD) ? BinaryOperator.ADD : BinaryOperator.SUBTRACT;
            left = new Expr.Binary(kind, left, concat(), operator.at());
        }
        return left;
    }

    private Expr concat() {
        Expr first = product();
        if (!stream.at(TokenKind.TILDE)) {
            return first;
        }
        Position at = stream.current().at();
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (stream.skip(TokenKind.TILDE)) {
            parts.add(product());
        }
        return new Expr.Concat(parts, at);
    }

    private Expr product() {
        Expr left = power();
        for (BinaryOperator kind = productOperator(); kind != null; kind = productOperator()) {
            Position at = stream.advance().at();
            left = new Expr.Binary(kind, left, power(), at);
        }
        return left;
    }

    private @Nullable BinaryOperator productOperator() {
        return switch (stream.current().kind()) {
            case MUL -> BinaryOperator.MULTIPLY;
            case DIV -> BinaryOperator.DIVIDE;
            case FLOORDIV -> BinaryOperator.FLOOR_DIVIDE;
            case MOD -> BinaryOperator.MODULO;
            default -> null;
        };
    }

    private Expr power() {
        Expr left = unary(true);
        while (stream.at(TokenKind.POW)) {
            Position at = stream.advance().at();
            left = new Expr.Binary(BinaryOperator.POWER, left, unary(true), at);
        }
        return left;
    }

    private Expr unary(boolean withFilters) {
        Token token = stream.current();
        Expr parsed;
        if (token.is(TokenKind.SUB) || token.is(TokenKind.ADD)) {
            stream.advance();
            stream.enter();
            parsed = new Expr.Unary(token.is(TokenKind.SUB), unary(false), token.at());
            stream.leave();
        } else {
            parsed = primary();
        }
        parsed = postfix(parsed);
        return withFilters ? filters(parsed) : parsed;
    }

    /** A name, a literal or something in parentheses. */
    Expr primary() {
        Token token = stream.current();
        return switch (token.kind()) {
            case NAME -> {
                stream.advance();
                Value constant = switch (token.text()) {
                    case "true", "True" -> BoolValue.TRUE;
                    case "false", "False" -> BoolValue.FALSE;
                    case "none", "None" -> NoneValue.NONE;
                    default -> null;
                };
                yield constant == null ? new Expr.Name(token.text(), token.at()) : new Expr.Const(constant, token.at());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (stream.at(TokenKind.STRING)) {
                    text.append(stream.advance().text());
                }
                yield new Expr.Const(Text.of(text.toString()), token.at());
            }
            case INTEGER, FLOAT -> {
                stream.advance();
                yield number(token);
            }
            case LPAREN -> {
                stream.advance();
                Expr inner = tuple(this::expression, true);
                stream.expect(TokenKind.RPAREN);
                yield inner;
            }
            case LBRACKET -> list();
            case LBRACE -> dict();
            default -> throw stream.fail("unexpected '" + token.describe() + "'");
        };
    }

    private static Expr number(Token token) {
        Value value = token.value();
        if (value == null) {
            throw new IllegalStateException("number token without a value");
        }
        return new Expr.Const(value, token.at());
    }

    private Expr list() {
        Position at = stream.expect(TokenKind.LBRACKET).at();
        List<Expr> items = new ArrayList<>();
        while (!stream.at(TokenKind.RBRACKET)) {
            if (!items.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            if (!stream.at(TokenKind.RBRACKET)) {
                items.add(expression());
            }
        }
        stream.expect(TokenKind.RBRACKET);
        return new Expr.ListOf(items, at);
    }

    private Expr dict() {
        Position at = stream.expect(TokenKind.LBRACE).at();
        List<Expr.Pair> pairs = new ArrayList<>();
        while (!stream.at(TokenKind.RBRACE)) {
            if (!pairs.isEmpty()) {
                stream.expect(TokenKind.COMMA);
            }
            if (!stream.at(TokenKind.RBRACE)) {
                Expr key = expression();
                stream.expect(TokenKind.COLON);
                pairs.add(new Expr.Pair(key, expression()));
            }
        }
        stream.expect(TokenKind.RBRACE);
        return new Expr.DictOf(pairs, at);
    }

    private Expr postfix(Expr subject) {
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

    private Expr filters(Expr subject) {
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
                    Expr argument = postfix(primary());
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
                return new Expr.GetItem(object, number(name), open.at());
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
            Expr key = stream.at(TokenKind.COLON) ? null : expression();
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
            default -> expression();
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
                star = expression();
            } else if (stream.at(TokenKind.POW)) {
                ensure(doubleStar == null, open);
                stream.advance();
                doubleStar = expression();
            } else if (stream.at(TokenKind.NAME) && stream.look().is(TokenKind.ASSIGN)) {
                ensure(doubleStar == null, open);
                String name = stream.advance().text();
                stream.advance();
                if (!names.add(name)) {
                    throw stream.fail("keyword argument repeated: " + name, open);
                }
                keywords.add(new Expr.Keyword(name, expression()));
            } else {
                ensure(star == null && doubleStar == null && keywords.isEmpty(), open);
                positional.add(expression());
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

    /** A target of for, set or with. */
    Target target(boolean allowAttributes) {
        Expr parsed = tuple(() -> targetItem(allowAttributes), false);
        return toTarget(parsed);
    }

    private Expr targetItem(boolean allowAttributes) {
        Token token = stream.current();
        Expr item = primary();
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
