/**
 * The catalogue: the models that an organisation offers, with their limits, abilities and first prices, read from a YAML file, from the
 * built-in list and from a directory of checkpoints. Owns what is offered, not what is loaded ({@code serving}). Called at start; what
 * it returns is immutable.
 */
@NullMarked
package org.carafe.server.catalogue;

import org.jspecify.annotations.NullMarked;
