package org.carafe.server.http;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class KeptWithItsChargeOnSqliteTest extends KeptWithItsCharge {
    @TempDir
    Path data;

    @Override
    DatabaseSettings fresh() {
        return DatabaseSettings.sqlite(data);
    }
}
