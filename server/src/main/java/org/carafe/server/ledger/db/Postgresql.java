package org.carafe.server.ledger.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** PostgreSQL as the ledger wants it: read committed, and no statement that waits for ever. */
final class Postgresql {
    private static final int READERS = 4;
    private static final int WRITERS = 2;
    private static final int CONNECT_SECONDS = 5;
    private static final int SOCKET_SECONDS = 30;

    private Postgresql() {}

    static HikariDataSource readers(DatabaseSettings settings) {
        HikariConfig pool = pool(settings, "ledger-readers", READERS);
        pool.setReadOnly(true);
        return new HikariDataSource(pool);
    }

    static HikariDataSource writers(DatabaseSettings settings) {
        return new HikariDataSource(pool(settings, "ledger-writers", WRITERS));
    }

    static HikariDataSource pool(
            DatabaseSettings settings, String name, int connectionsMax, Duration patience, String initSql) {
        HikariConfig pool = pool(settings, name, connectionsMax);
        pool.setConnectionTimeout(patience.toMillis());
        pool.setConnectionInitSql(initSql);
        return new HikariDataSource(pool);
    }

    private static HikariConfig pool(DatabaseSettings settings, String name, int connectionsMax) {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(url(settings));
        pool.setDataSourceProperties(properties());
        pool.setPoolName(name);
        pool.setMaximumPoolSize(connectionsMax);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(CONNECT_SECONDS * 1_000L);
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    static Connection connect(DatabaseSettings settings) throws SQLException {
        return DriverManager.getConnection(url(settings), properties());
    }

    private static String url(DatabaseSettings settings) {
        @Nullable String url = settings.url();
        if (url == null) {
            throw new IllegalStateException("not a PostgreSQL ledger");
        }
        return url;
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "carafe");
        properties.setProperty("options", "-c lock_timeout=10s");
        return properties;
    }
}
