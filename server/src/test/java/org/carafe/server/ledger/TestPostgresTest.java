package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class TestPostgresTest {
    @Test
    void itIsARealPostgresAndEveryDatabaseIsEmpty() throws SQLException {
        for (int i = 0; i < 2; i++) {
            try (Connection connection = DriverManager.getConnection(TestPostgres.freshDatabase());
                    Statement statement = connection.createStatement()) {
                statement.execute("create table mine (id bigint)");
                try (ResultSet version = statement.executeQuery("show server_version")) {
                    assertThat(version.next()).isTrue();
                    assertThat(version.getString(1)).startsWith("18.");
                }
            }
        }
    }
}
