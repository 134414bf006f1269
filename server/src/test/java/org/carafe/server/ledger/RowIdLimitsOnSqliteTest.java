package org.carafe.server.ledger;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class RowIdLimitsOnSqliteTest extends RowIdLimits {
    @TempDir
    Path data;

    @Override
    DatabaseSettings fresh() {
        return DatabaseSettings.sqlite(data);
    }
}
