package org.carafe.server.catalogue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.server.accounts.PriceVersion;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.Price;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.ledger.store.Tables;

/** The ledger's prices; of a model that it has none for, the catalogue's price becomes the first. Thread-safe. */
public final class LedgerPrices implements PriceBook {
    private static final String ACTOR = "catalogue";

    private final Books books;

    public LedgerPrices(Books books) {
        this.books = books;
    }

    @Override
    public Optional<Price> of(String model) {
        return books.read(
                tables -> tables.prices().history(model, 1).stream().findFirst().map(LedgerPrices::price));
    }

    private static Price price(PriceVersion version) {
        return new Price(version.id(), version.promptMicros(), version.cachedMicros(), version.completionMicros());
    }

    /** Gives the catalogue's models without a price theirs, noted in the audit log; how many. Prices that are there stay. */
    public int seed(Catalogue catalogue, InstantSource clock) {
        if (books.read(tables -> missing(tables, catalogue)).isEmpty()) {
            return 0; // nothing is written at most starts
        }
        return books.write(tables -> {
            List<CatalogueModel> models = missing(tables, catalogue);
            models.forEach(model -> add(tables, model, clock.instant()));
            return models.size();
        });
    }

    private static List<CatalogueModel> missing(Tables tables, Catalogue catalogue) {
        return catalogue.models().stream()
                .filter(model -> model.price() != null
                        && tables.prices().history(model.id(), 1).isEmpty())
                .toList();
    }

    private static void add(Tables tables, CatalogueModel model, Instant now) {
        Price price = model.price();
        assert price != null : "only those with a price";
        PriceVersion version = tables.prices()
                .add(model.id(), price.promptMicros(), price.cachedMicros(), price.completionMicros(), now);
        tables.audit()
                .add(
                        ACTOR,
                        "prices.set",
                        model.id(),
                        Map.of(
                                "version", version.version(),
                                "prompt", Credits.of(price.promptMicros()),
                                "cached_prompt", Credits.of(price.cachedMicros()),
                                "completion", Credits.of(price.completionMicros())),
                        now);
    }
}
