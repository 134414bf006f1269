package org.carafe.models.template.jinja;

/** A place in the source of a template; both counted from 1, columns in UTF-16 units. */
public record Position(int line, int column) {
    public static final Position START = new Position(1, 1);
}
