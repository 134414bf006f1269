package org.carafe.server.http;

import java.nio.file.Path;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class KeptWithItsChargeOnPostgresqlTest extends KeptWithItsCharge {
    @TempDir
    Path data;

    @Override
    DatabaseSettings fresh() {
        return new DatabaseSettings(data, TestPostgres.freshDatabase());
    }
}
