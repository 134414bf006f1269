package org.carafe.server.admin;

import java.util.List;
import org.carafe.server.accounts.PriceVersion;
import org.jspecify.annotations.Nullable;

/** Acts on prices. A price never changes: a new version takes its place, and what was charged keeps the one that it was charged by. */
public final class PriceActs {
    private final ActContext context;

    PriceActs(ActContext context) {
        this.context = context;
    }

    /**
     * From now on a model costs this; amounts are micro-credits for a million tokens.
     *
     * @param cachedMicros of prompt tokens from the prefix cache; null: as other prompt tokens
     */
    public PriceView set(
            String actor, String model, long promptMicros, @Nullable Long cachedMicros, long completionMicros) {
        Check.name("a model's id", model);
        Check.amount("the price of prompt tokens", promptMicros);
        Check.amount("the price of cached prompt tokens", cachedMicros);
        Check.amount("the price of completion tokens", completionMicros);
        return context.write(tables -> {
            PriceVersion price = tables.prices()
                    .add(
                            model,
                            promptMicros,
                            cachedMicros == null ? promptMicros : cachedMicros,
                            completionMicros,
                            context.now());
            PriceView view = PriceView.of(price);
            context.audit(tables, actor, "prices.set", model, AdminJson.details(view));
            return view;
        });
    }

    /** The prices in force by model, after a model; "" is before all. */
    public List<PriceView> list(String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.prices().current(Find.from(after), rows).stream()
                .map(PriceView::of)
                .toList());
    }

    /** All versions of a model's price, newest first. */
    public List<PriceView> history(String model, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.prices().history(Find.from(model), rows).stream()
                .map(PriceView::of)
                .toList());
    }
}
