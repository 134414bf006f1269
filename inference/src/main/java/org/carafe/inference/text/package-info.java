/**
 * A generation as text: tokens decoded, stop strings found, log-probabilities named. Owns what is decoded but not yet readable;
 * called by the server's connections, one reader for each generation.
 */
@NullMarked
package org.carafe.inference.text;

import org.jspecify.annotations.NullMarked;
