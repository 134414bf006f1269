/**
 * Source text to syntax tree, by the grammar of Jinja2 3.1 with transformers' settings (trim_blocks, lstrip_blocks, loop
 * controls, the generation tag). Owns the tree's types; called by the compiler and by whoever inspects a template.
 */
@NullMarked
package org.carafe.models.template.jinja.syntax;

import org.jspecify.annotations.NullMarked;
