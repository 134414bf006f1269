/**
 * A runner without a model: tokens at a given rate, for testing and measuring everything in front of a device. Owns nothing but its
 * configuration; made by the server for {@code --runner synthetic} and by tests.
 */
@NullMarked
package org.carafe.inference.synthetic;

import org.jspecify.annotations.NullMarked;
