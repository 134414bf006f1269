package org.carafe.models.template.jinja;

import org.carafe.models.template.TemplateException;
import org.carafe.models.template.TemplateException.Kind;

/** Makes the errors of evaluation. They carry no place: {@link Execution} knows it and adds it when the error leaves the template. */
public final class Errors {
    private Errors() {}

    public static TemplateException of(Kind kind, String detail) {
        return new TemplateException(kind, detail, 0, 0);
    }

    public static TemplateException type(String detail) {
        return of(Kind.TYPE, detail);
    }

    public static TemplateException value(String detail) {
        return of(Kind.VALUE, detail);
    }

    public static TemplateException lookup(String detail) {
        return of(Kind.LOOKUP, detail);
    }

    public static TemplateException arithmetic(String detail) {
        return of(Kind.ARITHMETIC, detail);
    }

    public static TemplateException runtime(String detail) {
        return of(Kind.RUNTIME, detail);
    }

    public static TemplateException unsupported(String detail) {
        return of(Kind.UNSUPPORTED, detail);
    }

    public static TemplateException limit(String detail) {
        return of(Kind.LIMIT, detail);
    }

    public static TemplateException syntax(String detail, Position at) {
        return new TemplateException(Kind.SYNTAX, detail, at.line(), at.column());
    }
}
