package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 200 at once want the last credits: as many get them as these pay for. */
final class LastCreditTest {
    private static final int REQUESTS = 200;
    private static final int TOKENS = 5;
    private static final int PAID_FOR = 37;

    @TempDir
    private Path home;

    @Test
    void exactlyAsManyAreAdmittedAsTheCreditsPayFor() throws Exception {
        Path data = home.resolve("data");
        LedgerRows rows = new LedgerRows("jdbc:sqlite:" + data.resolve("carafe.db"));
        Administrator administrator = new Administrator(home, DatabaseSettings.sqlite(data));
        administrator.account("measure", 1_000_000);
        administrator.price(1_000, 2_000);
        String measuring = administrator.key("measure", Administrator.UNLIMITED);
        try (Carafe carafe = Carafe.serve(home, "--data", data.toString())) {
            URI base = carafe.ready();
            assertThat(Asking.completion(base, measuring, TOKENS).statusCode()).isEqualTo(200);
            long costMicros = rows.number("select cost_micros from request");
            assertThat(costMicros).isGreaterThan(1_000);
            long fundedMicros = PAID_FOR * costMicros + costMicros - 1;
            administrator.account("racer", fundedMicros);
            String key = administrator.key("racer", Administrator.UNLIMITED);

            List<HttpResponse<String>> answers = Asking.race(List.of(base), key, REQUESTS, TOKENS);

            assertThat(Asking.count(answers, 200)).isEqualTo(PAID_FOR);
            assertThat(Asking.count(answers, 402)).isEqualTo(REQUESTS - PAID_FOR);
            for (HttpResponse<String> answer : answers) {
                if (answer.statusCode() == 402) {
                    assertThat(Asking.code(answer)).isEqualTo("budget_exceeded");
                }
            }
            assertThat(rows.number("select count(*) from request")).isEqualTo(PAID_FOR + 1);
            assertThat(administrator
                            .shell("accounts", "show", "racer")
                            .path("balance")
                            .decimalValue())
                    .isEqualByComparingTo(BigDecimal.valueOf(costMicros - 1, 6));
            assertThat(administrator.audit()).isEmpty();
            Books.assertRight(rows, 1_000_000 + fundedMicros, "after the race");
        }
    }
}
