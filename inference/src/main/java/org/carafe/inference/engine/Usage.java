package org.carafe.inference.engine;

/**
 * What a generation used; the ledger prices it.
 *
 * @param promptTokens length of the prompt
 * @param cachedPromptTokens how many of them came from the prefix cache
 * @param completionTokens tokens generated, a final stop id included
 */
public record Usage(int promptTokens, int cachedPromptTokens, int completionTokens) {}
