package org.carafe.server.webhooks;

import java.nio.file.Path;
import org.carafe.server.ledger.TestPostgres;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class PostgresqlWebhooksTest extends WebhooksContract {
    @TempDir
    Path data;

    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings(data, TestPostgres.freshDatabase());
    }
}
