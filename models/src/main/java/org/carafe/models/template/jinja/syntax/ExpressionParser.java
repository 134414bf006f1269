package org.carafe.models.template.jinja.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.carafe.models.template.jinja.Position;
import org.carafe.models.template.jinja.syntax.Expr.BinaryOperator;
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
    private final PostfixParser postfix;

    ExpressionParser(TokenStream stream) {
        this.stream = stream;
        this.postfix = new PostfixParser(stream, this);
    }

    /** A filter's name and arguments; the stream stands behind the bar. */
    Expr.Filter filter(@Nullable Expr subject) {
        return postfix.filter(subject);
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

    /** Items with commas between them make a tuple; an empty one needs parentheses. */
    Expr tuple(Supplier<Expr> item, boolean parenthesized) {
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
        parsed = postfix.postfix(parsed);
        return withFilters ? postfix.filters(parsed) : parsed;
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

    static Expr number(Token token) {
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
}
