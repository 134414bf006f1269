/**
 * Who is calling: a presented key becomes a {@link org.carafe.server.auth.Principal}. Owns the keys (as digests only); called by
 * {@code http} once per request, before a body is read. The ledger's accounts implement the same interface.
 */
@NullMarked
package org.carafe.server.auth;

import org.jspecify.annotations.NullMarked;
