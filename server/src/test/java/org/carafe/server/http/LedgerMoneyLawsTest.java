package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Money is neither made nor lost nor spent twice, and reports tell it all. */
final class LedgerMoneyLawsTest extends LedgerLaws {
    @Test
    void law1EveryTransactionSumsToZeroAndABalanceIsTheSumOfItsEntries() {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        for (int i = 1; i <= 5; i++) {
            assertThat(chat(key, tokens(i)).status()).isEqualTo(200);
        }
        assertThat(ledger.number("select count(*) from (select transaction_id from ledger_entry"
                        + " group by transaction_id having sum(amount_micros) <> 0) as unbalanced"))
                .isZero();
        assertThat(ledger.number("select count(*) from fund f where balance_micros <>"
                        + " coalesce((select sum(amount_micros) from ledger_entry e where e.fund_id = f.id), 0)"))
                .isZero();
        assertThat(ledger.number("select count(*) from ledger_transaction where kind = 'charge'"))
                .isEqualTo(5);
        assertThat(ledger.number("select sum(balance_micros) from fund")).isZero();
    }

    @Test
    void law2NothingIsEverOverspentAndGenerationStopsWhenTheHoldIsSpent() {
        ledger.account("a", 1_000);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        TestServer.Answered answer = chat(key, ",\"ignore_eos\":true");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(cost(answer.json().path("usage"))).isLessThanOrEqualTo(1_000);
        assertThat(balance("a")).isEqualTo(1_000 - cost(answer.json().path("usage")));
        assertThat(chat(key, tokens(200)).status()).isEqualTo(402);
        assertThat(balance("a")).isNotNegative();
        assertThat(audit()).isEmpty();
    }

    @Test
    void theLastCreditsGoToExactlyAsManyAsTheyPayFor() throws InterruptedException {
        TestServer.Answered probe;
        ledger.account("probe", MANY_MICROS);
        probe = chat(ledger.key("probe", LedgerServer.UNLIMITED), tokens(5));
        long each = cost(probe.json().path("usage"));
        ledger.account("a", each * 37 + each / 2);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> racers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            racers.add(Thread.ofVirtual().start(() -> {
                int status = chat(key, tokens(5)).status();
                (status == 200 ? admitted : refused).incrementAndGet();
                assertThat(status).isIn(200, 402);
            }));
        }
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(admitted.get()).isEqualTo(37);
        assertThat(refused.get()).isEqualTo(163);
        assertThat(balance("a")).isEqualTo(each / 2);
        assertThat(audit()).isEmpty();
    }

    @Test
    void law10ReportsAreTheLedgersSums() {
        ledger.account("a", MANY_MICROS);
        ledger.account("b", MANY_MICROS);
        for (String account : List.of("a", "b")) {
            for (int i = 0; i < 2; i++) {
                String key = ledger.key(account, LedgerServer.UNLIMITED);
                for (int n = 1; n <= 3; n++) {
                    assertThat(chat(key, tokens(n * (i + 1))).status()).isEqualTo(200);
                }
            }
        }
        nowMillis.addAndGet(Duration.ofDays(1).toMillis());
        String key = ledger.key("b", LedgerServer.UNLIMITED);
        assertThat(chat(key, tokens(4)).status()).isEqualTo(200);
        long earned = ledger.number("select balance_micros from fund where kind = 'earned'");
        assertThat(ledger.number("select sum(cost_micros) from usage_day")).isEqualTo(earned);
        assertThat(ledger.number("select sum(cost_micros) from request")).isEqualTo(earned);
        assertThat(ledger.number("select sum(spent_micros) from account_meter")).isEqualTo(earned);
        assertThat(ledger.number("select sum(requests) from usage_day")).isEqualTo(13);
        assertThat(audit()).isEmpty();
    }
}
