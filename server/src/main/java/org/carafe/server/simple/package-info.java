/**
 * Simple chat: one key, one assistant, no model field. Requests to validated records, answers, streams and errors to bytes. Owns no
 * state; called by {@code http}, and by channels' streams, which look the same.
 */
@NullMarked
package org.carafe.server.simple;

import org.jspecify.annotations.NullMarked;
