/**
 * The admin API, {@code /admin/v1}, without its socket: routes as functions from a request to an answer. Owns how requests look (strict JSON,
 * pages, CSV); what they do are the acts of {@code admin}. Called by {@code http}, which lets management keys in and nobody else.
 */
@NullMarked
package org.carafe.server.adminapi;

import org.jspecify.annotations.NullMarked;
