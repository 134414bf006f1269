package org.carafe.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LimitsPlaceTest {
    @TempDir
    private Path data;

    @Test
    void threePlacesAreKnown() {
        assertThat(LimitsPlace.parse("local")).isEqualTo(new LimitsPlace.Local());
        assertThat(LimitsPlace.parse("database")).isEqualTo(new LimitsPlace.InDatabase());
        assertThat(LimitsPlace.parse("redis://127.0.0.1:6379/2"))
                .isEqualTo(new LimitsPlace.InRedis("redis://127.0.0.1:6379/2"));
    }

    @Test
    void anythingElseIsRefusedWithoutRepeatingAPassword() {
        assertThatThrownBy(() -> LimitsPlace.parse("memcached"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--limits must be local, database or redis://HOST:PORT");
        assertThatThrownBy(() -> LimitsPlace.parse("redis://user:secret@"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThat(LimitsPlace.parse("redis://user:secret@host:1").toString()).doesNotContain("secret");
    }

    @Test
    void sqliteIsNoPlaceThatServersShare() {
        try (Database ledger = Database.open(DatabaseSettings.sqlite(data))) {
            assertThatThrownBy(() -> new LimitsPlace.InDatabase().open(ledger))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("--db jdbc:postgresql://");
            new LimitsPlace.Local().open(ledger).close();
        }
    }
}
