/** A tiny bundled checkpoint with random weights, for trying the wiring where no model is at hand. Called by the server at start, and by tests. */
@NullMarked
package org.carafe.models.demo;

import org.jspecify.annotations.NullMarked;
