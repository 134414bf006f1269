/**
 * Settings as typed values: sizes with units, ranges with names, and the one configuration file. Owns no state; {@code cli} is
 * the only place where settings are read, others only write sizes as people do.
 */
@NullMarked
package org.carafe.server.config;

import org.jspecify.annotations.NullMarked;
