package org.carafe.models.template.jinja.syntax;

import java.util.List;
import org.carafe.models.template.jinja.Position;

/** A node of the syntax tree. */
public sealed interface Node permits Expr, Stmt, Target {
    Position at();

    /** The nodes right below, in the order Jinja2 lists them (which decides some questions of scope). */
    List<Node> children();
}
