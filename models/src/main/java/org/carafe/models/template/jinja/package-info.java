/**
 * A small Jinja interpreter that renders what Python's Jinja2 3.1 renders, byte for byte: what all its parts share
 * (places, limits, errors). Owns no template; called by the packages below it and by
 * {@link org.carafe.models.template}.
 */
@NullMarked
package org.carafe.models.template.jinja;

import org.jspecify.annotations.NullMarked;
