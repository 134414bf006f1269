/**
 * What can go wrong with a request: one enum with category, HTTP status, type and code side by side, and the one exception that
 * carries it. Owns nothing; thrown by every package of the server, turned into a response by {@code http} alone.
 */
@NullMarked
package org.carafe.server.error;

import org.jspecify.annotations.NullMarked;
