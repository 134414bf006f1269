package org.carafe.server.ledger.db;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The schema, by Flyway: numbered files in {@code db/common} and {@code db/DIALECT}. */
final class Migrations {
    private static final String FOLDER = "classpath:org/carafe/server/ledger/db/";

    private Migrations() {}

    static void apply(DataSource database, Dialect dialect) {
        Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(database)
                .locations(FOLDER + "common", FOLDER + dialect.folder())
                .placeholders(dialect.placeholders())
                .load()
                .migrate();
    }
}
