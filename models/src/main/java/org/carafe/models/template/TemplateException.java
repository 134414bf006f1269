package org.carafe.models.template;

/**
 * A template that cannot be parsed or rendered. {@link #getMessage()} is one line that starts with the place,
 * {@link #detail()} the same without it, worded as Python's Jinja2 words it where that has the same error.
 */
public class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, after the exception that Python would have raised. */
    public enum Kind {
        /** TemplateSyntaxError: the template itself is broken, whatever it is given. */
        SYNTAX,
        /** UndefinedError: a variable, key or attribute that is not there was used. */
        UNDEFINED,
        /** TypeError. */
        TYPE,
        /** ValueError, and AssertionError of a filter. */
        VALUE,
        /** KeyError and IndexError. */
        LOOKUP,
        /** ZeroDivisionError and OverflowError. */
        ARITHMETIC,
        /** SecurityError: the sandbox forbids the attribute. */
        SECURITY,
        /** TemplateRuntimeError and FilterArgumentError. */
        RUNTIME,
        /** Something Python's Jinja2 has and this interpreter does not: include, import, extends, ... */
        UNSUPPORTED,
        /** A limit of {@link org.carafe.models.template.jinja.TemplateLimits}. */
        LIMIT,
        /** The template called raise_exception: see {@link TemplateRaisedException}. */
        RAISED
    }

    private final Kind kind;
    private final String detail;
    private final int line;
    private final int column;

    public TemplateException(Kind kind, String detail, int line, int column) {
        super(line > 0 ? "line " + line + ", column " + column + ": " + detail : detail, null, false, false);
        this.kind = kind;
        this.detail = detail;
        this.line = line;
        this.column = column;
    }

    TemplateException(Kind kind, String message, String detail, int line, int column) {
        super(message, null, false, false);
        this.kind = kind;
        this.detail = detail;
        this.line = line;
        this.column = column;
    }

    public Kind kind() {
        return kind;
    }

    public String detail() {
        return detail;
    }

    /** Line in the template, from 1; 0 where no place is known. */
    public int line() {
        return line;
    }

    /** Column in that line, from 1; 0 where no place is known. */
    public int column() {
        return column;
    }

    /** The same error with the place it happened at, unless it has one already. */
    public TemplateException at(int atLine, int atColumn) {
        return line > 0 ? this : new TemplateException(kind, detail, atLine, atColumn);
    }
}
