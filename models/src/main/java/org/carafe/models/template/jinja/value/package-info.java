/**
 * The values of a template and Python's semantics for them: truth, equality, order, arithmetic, indexing, printing.
 * Strings carry which of their characters came from the caller. Knows no template; called by the rest of the interpreter.
 */
@NullMarked
package org.carafe.models.template.jinja.value;

import org.jspecify.annotations.NullMarked;
