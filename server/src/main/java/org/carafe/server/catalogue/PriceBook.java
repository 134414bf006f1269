package org.carafe.server.catalogue;

import java.util.Optional;
import org.carafe.server.ledger.Price;

/** What models cost now. Thread-safe; may look into a database. */
public interface PriceBook {
    /** The price of a model by its id; empty where none was ever set: then it costs nothing. */
    Optional<Price> of(String model);

    /** The catalogue's own prices, for a server without a ledger. */
    static PriceBook of(Catalogue catalogue) {
        return model -> catalogue.find(model).flatMap(entry -> Optional.ofNullable(entry.price()));
    }
}
