package org.carafe.server.serving;

/**
 * A tokenized prompt.
 *
 * @param text as the caller gave it, or as its ids read
 * @param ids at least one
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record PromptTokens(String text, int[] ids) {}
