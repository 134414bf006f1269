/**
 * The master key: everything that is digested or sealed in the database is so under keys derived from it. Owns that key, which never
 * leaves here; called by {@code accounts}, {@code auth} and whoever keeps secrets.
 */
@NullMarked
package org.carafe.server.secret;

import org.jspecify.annotations.NullMarked;
