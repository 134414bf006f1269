/**
 * The network side: Javalin on Jetty, routes, request bodies, server-sent events, errors as responses, drain. Owns the socket and
 * every connection; started by {@code Main}. The only package that knows Javalin.
 */
@NullMarked
package org.carafe.server.http;

import org.jspecify.annotations.NullMarked;
