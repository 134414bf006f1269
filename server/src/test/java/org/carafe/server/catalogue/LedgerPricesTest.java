package org.carafe.server.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.ledger.Price;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.secret.MasterKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerPricesTest {
    private static final String GEMMA = "google/gemma-2-9b-it";

    @TempDir
    Path data;

    @Test
    void thePricesOfTheCatalogueAreTheFirstOnesAndNeverReplaceOthers() {
        InstantSource clock = InstantSource.system();
        try (Database database = Database.open(DatabaseSettings.sqlite(data))) {
            RowIds ids = new RowIds(database);
            AdminActs acts = AdminActs.of(database, ids, MasterKey.of(new byte[32]), clock, () -> {});
            acts.prices().set("shell", GEMMA, 7, null, 9);
            LedgerPrices prices = new LedgerPrices(new Books(database, ids, clock));
            Catalogue catalogue = CatalogueFile.builtIn();

            assertThat(prices.of("mistralai/mixtral-8x7b-instruct")).isEmpty();
            assertThat(prices.seed(catalogue, clock)).isEqualTo(4);
            assertThat(prices.seed(catalogue, clock)).as("the second start").isZero();

            assertThat(prices.of(GEMMA).map(Price::promptMicros)).contains(7L);
            assertThat(prices.of("mistralai/mixtral-8x7b-instruct").map(Price::completionMicros))
                    .contains(500_000L);
            acts.prices().set("shell", "mistralai/mixtral-8x7b-instruct", 1, null, 1);
            assertThat(prices.seed(catalogue, clock)).isZero();
            assertThat(prices.of("mistralai/mixtral-8x7b-instruct").map(Price::completionMicros))
                    .contains(1L);
            assertThat(acts.reports().audit(null, 100).entries())
                    .filteredOn(entry -> entry.actor().equals("catalogue"))
                    .hasSize(4);
        }
    }
}
