package org.carafe.server.ledger;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class RowIdLimitsOnPostgresqlTest extends RowIdLimits {
    @TempDir
    Path data;

    @Override
    DatabaseSettings fresh() {
        return new DatabaseSettings(data, TestPostgres.freshDatabase());
    }
}
