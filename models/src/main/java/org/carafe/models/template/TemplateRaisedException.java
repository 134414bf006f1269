package org.carafe.models.template;

/** The template called {@code raise_exception(message)}: it refuses this conversation. The message is the template's own, without a place. */
public final class TemplateRaisedException extends TemplateException {
    private static final long serialVersionUID = 1L;

    public TemplateRaisedException(String message) {
        this(message, 0, 0);
    }

    private TemplateRaisedException(String message, int line, int column) {
        super(Kind.RAISED, message, message, line, column);
    }

    @Override
    public TemplateException at(int atLine, int atColumn) {
        return line() > 0 ? this : new TemplateRaisedException(detail(), atLine, atColumn);
    }
}
