package org.carafe.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** What accounts use of which model. The first accounts seen have labels of their own, all others share one. Thread-safe. */
public final class AccountMetrics {
    /** Accounts with a label of their own. */
    static final int ACCOUNTS_MAX = 200;
    /** The label of all others. */
    static final String OTHER = "other";

    private static final double MICROS = 1_000_000;

    private final MeterRegistry registry;
    private final ConcurrentHashMap<String, Boolean> accounts = new ConcurrentHashMap<>();
    private final Semaphore labels = new Semaphore(ACCOUNTS_MAX);
    // Looked up by hand: a registry builds its tags and name anew at each look.
    private final ConcurrentHashMap<Series, Counters> counters = new ConcurrentHashMap<>();

    private record Series(String account, String model) {}

    private record Counters(Counter requests, Counter prompt, Counter cached, Counter completion, Counter credits) {}

    AccountMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A request that reached a model has ended.
     *
     * @param model id of a served model: labels must stay few
     * @param cachedTokens of the prompt's tokens
     */
    public void used(
            String account,
            String model,
            long promptTokens,
            long cachedTokens,
            long completionTokens,
            long costMicros) {
        Counters found = counters.computeIfAbsent(new Series(label(account), model), this::register);
        found.requests().increment();
        found.prompt().increment((double) promptTokens);
        found.cached().increment((double) cachedTokens);
        found.completion().increment((double) completionTokens);
        found.credits().increment(costMicros / MICROS);
    }

    private String label(String account) {
        if (accounts.containsKey(account)) {
            return account;
        }
        if (!labels.tryAcquire()) {
            return OTHER;
        }
        if (accounts.putIfAbsent(account, true) != null) {
            labels.release();
        }
        return account;
    }

    private Counters register(Series series) {
        Tags tags = Tags.of("account", series.account(), "model", series.model());
        return new Counters(
                counter("carafe_account_requests", "Requests that reached a model.", tags),
                tokens(tags, "prompt"),
                tokens(tags, "cached"),
                tokens(tags, "completion"),
                counter("carafe_account_credits", "Credits charged.", tags));
    }

    private Counter tokens(Tags tags, String kind) {
        return counter(
                "carafe_account_tokens", "Tokens used; cached ones are prompt tokens too.", tags.and("kind", kind));
    }

    private Counter counter(String name, String help, Tags tags) {
        return Counter.builder(name).description(help).tags(tags).register(registry);
    }
}
