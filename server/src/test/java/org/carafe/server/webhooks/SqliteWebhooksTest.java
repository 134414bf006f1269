package org.carafe.server.webhooks;

import java.nio.file.Path;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.io.TempDir;

final class SqliteWebhooksTest extends WebhooksContract {
    @TempDir
    Path data;

    @Override
    DatabaseSettings settings() {
        return DatabaseSettings.sqlite(data);
    }
}
