/**
 * Settings as typed values: sizes with units, ranges with names, and the one configuration file. Owns no state; {@code cli} is the
 * only caller and the only place where settings are read.
 */
@NullMarked
package org.carafe.server.config;

import org.jspecify.annotations.NullMarked;
