package org.carafe.server.admission;

import java.util.Map;
import org.carafe.server.auth.Principal;

/** Admits requests. Thread-safe; called on the caller's virtual thread and may block (a database). */
public interface Admission {
    /**
     * Reserves what a request may use at most.
     *
     * @throws org.carafe.server.error.ApiException {@code BUDGET_EXCEEDED}, {@code RATE_LIMIT_EXCEEDED}, {@code DAILY_LIMIT_REACHED}
     *     (with {@code Retry-After} and limit headers); a rejected request consumes nothing
     */
    Hold hold(Demand demand);

    /**
     * Takes one of the minute's requests for one that costs nothing else; administrators' are not counted.
     *
     * @return rate limit headers; empty where nothing is limited
     * @throws org.carafe.server.error.ApiException {@code RATE_LIMIT_EXCEEDED}: nothing was taken
     */
    Map<String, String> count(Principal principal);

    /**
     * Refuses at once who has none of the minute's requests left; takes nothing. For a request that would wait or read much before its
     * {@link #hold}, which decides.
     *
     * @throws org.carafe.server.error.ApiException {@code RATE_LIMIT_EXCEEDED}
     */
    void check(Principal principal);

    /** Rate limit headers for a response that takes nothing (such as {@code GET /v1/models}); empty where nothing is limited. */
    Map<String, String> headers(Principal principal);

    /**
     * The worst case of one request.
     *
     * @param promptTokens of all its prompts together
     * @param completionTokensMax of all its sequences together
     * @param sequences how many the engine will run
     * @param completionsAsked whether the caller named the most; else less may be granted
     */
    record Demand(
            String requestId,
            Principal principal,
            String model,
            long promptTokens,
            long completionTokensMax,
            int sequences,
            boolean completionsAsked) {}
}
