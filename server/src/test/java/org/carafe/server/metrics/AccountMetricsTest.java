package org.carafe.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AccountMetricsTest {
    @Test
    void accountsBeyondTheLimitShareALabelAndNothingIsLost() {
        try (ServerMetrics metrics = new ServerMetrics()) {
            int all = AccountMetrics.ACCOUNTS_MAX + 50;
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < all; i++) {
                    metrics.accounts().used("account-" + i, "m", 10, 4, 5, 1_500_000);
                }
            }
            String text = metrics.scrape();
            assertThat(text.lines().filter(line -> line.startsWith("carafe_account_requests_total{")))
                    .hasSize(AccountMetrics.ACCOUNTS_MAX + 1);
            assertThat(text)
                    .contains("carafe_account_requests_total{account=\"other\",model=\"m\"} 100.0")
                    .contains("carafe_account_credits_total{account=\"account-0\",model=\"m\"} 3.0")
                    .contains("carafe_account_tokens_total{account=\"account-7\",kind=\"cached\",model=\"m\"} 8.0");
        }
    }

    @Test
    void aCountGoesOnAfterTheCollectorRan() {
        AtomicLong count = new AtomicLong();
        try (ServerMetrics metrics = new ServerMetrics()) {
            metrics.counted("carafe_test_count", "Of a test.", count::get);
            for (int i = 1; i <= 3; i++) {
                System.gc();
                count.set(i);
                assertThat(metrics.scrape()).contains("carafe_test_count_total " + i + ".0");
            }
        }
    }
}
