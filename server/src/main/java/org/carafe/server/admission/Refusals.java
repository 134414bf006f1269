package org.carafe.server.admission;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.error.LimitState;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.Refusal;
import org.jspecify.annotations.Nullable;

/** The ledger's refusals as errors of the API: what was asked, what there is, and when there is more. */
public final class Refusals {
    private static final long NANOS_OF_SECOND = 1_000_000_000L;

    private final InstantSource clock;

    public Refusals(InstantSource clock) {
        this.clock = clock;
    }

    /** @param limitHeaders of the response */
    ApiException of(Refusal refusal, Map<String, String> limitHeaders) {
        return switch (refusal.kind()) {
            case KEY_REVOKED -> new ApiException(ErrorKind.KEY_REVOKED, "The API key given was revoked.");
            case KEY_EXPIRED -> new ApiException(ErrorKind.INVALID_API_KEY, "The API key given has expired.");
            case ACCOUNT_DISABLED ->
                new ApiException(ErrorKind.ACCOUNT_DISABLED, "The account of this API key is disabled.");
            case KEY_BUDGET ->
                error(
                        ErrorKind.BUDGET_EXCEEDED,
                        refusal,
                        limitHeaders,
                        "This key's budget of " + Credits.show(refusal.limit()) + " credits cannot cover the request: "
                                + Credits.show(refusal.used()) + " are spent or held, and it may cost "
                                + Credits.show(refusal.asked()) + ".",
                        true);
            case CREDITS ->
                error(
                        ErrorKind.BUDGET_EXCEEDED,
                        refusal,
                        limitHeaders,
                        "The account's credits cannot cover the request: " + Credits.show(refusal.limit())
                                + " are free, and it may cost " + Credits.show(refusal.asked())
                                + ". Add credits, or ask for fewer tokens.",
                        true);
            case MONTHLY_CREDITS ->
                error(
                        ErrorKind.BUDGET_EXCEEDED,
                        refusal,
                        limitHeaders,
                        "The account's credits cannot cover the request, which may cost "
                                + Credits.show(refusal.asked())
                                + ": of the month's " + Credits.show(refusal.limit()) + " credits, "
                                + Credits.show(refusal.used())
                                + " are spent or held. Add credits, ask for fewer tokens,"
                                + " or wait until " + refusal.resetsAt() + ".",
                        true);
            case DAILY_CREDITS ->
                error(ErrorKind.DAILY_LIMIT_REACHED, refusal, limitHeaders, "Daily credit limit reached", true);
            case REQUESTS_PER_DAY ->
                error(
                        ErrorKind.DAILY_LIMIT_REACHED,
                        refusal,
                        limitHeaders,
                        "Limit of " + refusal.limit() + " requests per day reached (" + subject(refusal) + ").",
                        false);
            case TOKENS_PER_DAY -> tokensOfDay(refusal, limitHeaders);
            case CONCURRENT ->
                new ApiException(
                        ErrorKind.RATE_LIMIT_EXCEEDED,
                        "Limit of " + refusal.limit() + " concurrent requests reached (" + subject(refusal) + ").",
                        null,
                        with(limitHeaders, "1"),
                        state(refusal, false));
        };
    }

    private ApiException tokensOfDay(Refusal refusal, Map<String, String> limitHeaders) {
        // No day will do; one that the key does not live to see is another matter.
        if (refusal.asked() > refusal.limit()) {
            return new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "This request may use " + refusal.asked()
                            + " tokens (prompt and max_tokens), more than the limit of " + refusal.limit()
                            + " tokens per day.",
                    "max_tokens",
                    limitHeaders);
        }
        return error(
                ErrorKind.DAILY_LIMIT_REACHED,
                refusal,
                limitHeaders,
                "Limit of " + refusal.limit() + " tokens per day reached (" + subject(refusal) + "): " + refusal.used()
                        + " are used or held, and this request may use " + refusal.asked() + ".",
                false);
    }

    private static String subject(Refusal refusal) {
        return switch (refusal.subject()) {
            case KEY -> "of this key";
            case ACCOUNT -> "of the account";
        };
    }

    private ApiException error(
            ErrorKind kind, Refusal refusal, Map<String, String> limitHeaders, String text, boolean inCredits) {
        Instant resetsAt = refusal.resetsAt();
        String retryAfter = resetsAt == null ? null : seconds(Duration.between(clock.instant(), resetsAt));
        return new ApiException(kind, text, null, with(limitHeaders, retryAfter), state(refusal, inCredits));
    }

    /** Rounded up: whoever waits that long is not early. */
    private static String seconds(Duration wait) {
        long seconds = Math.ceilDiv(wait.toMillis() * 1_000_000L, NANOS_OF_SECOND);
        return Long.toString(Math.max(1, seconds));
    }

    private static Map<String, String> with(Map<String, String> limitHeaders, @Nullable String retryAfter) {
        Map<String, String> headers = new LinkedHashMap<>(limitHeaders);
        if (retryAfter != null) {
            headers.put("Retry-After", retryAfter);
        }
        return headers;
    }

    private static LimitState state(Refusal refusal, boolean inCredits) {
        return new LimitState(
                inCredits ? Credits.of(refusal.limit()) : BigDecimal.valueOf(refusal.limit()),
                inCredits ? Credits.of(refusal.used()) : BigDecimal.valueOf(refusal.used()),
                refusal.resetsAt());
    }
}
