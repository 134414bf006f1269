/**
 * Syntax tree to something that runs: decides once where every variable lives, by Jinja2's rules of scope, then renders as
 * often as asked. Owns compiled templates, which are immutable; called by {@link org.carafe.models.template.ChatTemplate}.
 */
@NullMarked
package org.carafe.models.template.jinja.eval;

import org.jspecify.annotations.NullMarked;
