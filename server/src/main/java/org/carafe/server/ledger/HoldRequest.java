package org.carafe.server.ledger;

/**
 * What a request may use at most.
 *
 * @param completionTokensMax of each sequence
 * @param sequences that are generated
 * @param completionsAsked true if the caller named {@code completionTokensMax}: then it is all of it or nothing; else it is the model's
 *     maximum, and less may be granted
 */
public record HoldRequest(
        String requestId,
        long accountId,
        long keyId,
        String model,
        long promptTokens,
        long completionTokensMax,
        int sequences,
        boolean completionsAsked) {}
