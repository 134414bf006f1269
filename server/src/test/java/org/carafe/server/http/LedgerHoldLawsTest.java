package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.OpenHold;
import org.junit.jupiter.api.Test;

/** What becomes of a hold, however its request ends. */
final class LedgerHoldLawsTest extends LedgerLaws {
    @Test
    void law3AHoldIsResolvedOnceAndARequestHasOneRow() throws InterruptedException {
        ledger.account("a", MANY_MICROS);
        ledger.key("a", LedgerServer.UNLIMITED);
        OpenHold hold = hold(10, 10);
        AtomicLong charged = new AtomicLong();
        List<Thread> racers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            boolean posts = i % 2 == 0;
            racers.add(Thread.ofVirtual().start(() -> {
                if (posts) {
                    charged.addAndGet(ledger.books().ledger().post(hold, new Usage(10, 0, 10)));
                } else {
                    ledger.books().ledger().release(hold);
                }
            }));
        }
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(charged.get()).isIn(0L, 120L);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - charged.get());
        assertThat(held()).isZero();
        assertThat(ledger.number("select count(*) from request where status in (1, 2)"))
                .isEqualTo(1);
        assertThat(audit()).isEmpty();
    }

    @Test
    void law4TheRowIsThereBeforeTheFirstTokenAndSettledBeforeTheLastChunk() throws Exception {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        ledger.server().runner().hold();
        try (RawClient client = new RawClient(ledger.server())) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(tokens(5) + ",\"stream\":true"),
                    "Authorization: Bearer " + key));
            TestServer.eventually(
                    "the row is there while the engine makes no token",
                    () -> ledger.number("select count(*) from request where status = 0") == 1);
            ledger.server().runner().release();
            client.readUntil("[DONE]");
            assertThat(ledger.number("select count(*) from request where status = 1"))
                    .as("settled when the last chunk is there")
                    .isEqualTo(1);
        }
    }

    @Test
    void law5AfterACrashNoHoldIsOrphanedAndWhatWasDeliveredIsCharged() {
        ledger.account("a", MANY_MICROS);
        ledger.key("a", new Limits(1_000L, 1_000_000L, null, null, 2L));
        long account = ledger.number("select id from account");
        long key = ledger.number("select id from api_key where kind = 'inference'");
        // Rows of a process that is gone: one had delivered, as of its last note, seven tokens, the other nothing.
        insertOrphan(1, account, key, 7);
        insertOrphan(2, account, key, 0);
        ledger.close();
        start();
        assertThat(ledger.number("select count(*) from request where status = 0"))
                .isZero();
        assertThat(ledger.number("select cost_micros from request where id = 1"))
                .isEqualTo(5 * 2 + 7 * 10);
        assertThat(ledger.number("select status from request where id = 2")).isEqualTo(2);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - 80);
        assertThat(held()).isZero();
        hold(1, 1);
        hold(1, 1);
        assertThat(audit()).as("and both slots are free again").isEmpty();
    }

    private OpenHold hold(long prompt, long completion) {
        long account = ledger.number("select id from account");
        long key = ledger.number("select id from api_key where kind = 'inference'");
        var result = ledger.books()
                .ledger()
                .hold(new HoldRequest("r", account, key, TestServer.MODEL, prompt, completion, 1, true));
        return ((HoldResult.Held) result).hold();
    }

    private void insertOrphan(long id, long account, long key, long delivered) {
        long price = ledger.number("select id from price");
        ledger.books().database().write(handle -> {
            handle.execute(
                    """
                    insert into request (id, account_id, key_id, model, price_id, request_id, status, held_prepaid, held_monthly,
                        held_daily, monthly_period, daily_period, tokens_max, prompt_tokens, completion_tokens, created_at, expires_at)
                    values (?, ?, ?, ?, ?, 'gone', 0, 500, 0, 0, 0, 0, 50, 5, ?, ?, ?)
                    """,
                    id,
                    account,
                    key,
                    TestServer.MODEL,
                    price,
                    delivered,
                    nowMillis.get(),
                    nowMillis.get() + 600_000);
            handle.execute("update fund set held_micros = held_micros + 500 where account_id = ?", account);
            return handle.execute("update key_meter set held_micros = held_micros + 500 where key_id = ?", key);
        });
    }

    @Test
    void law6ADisconnectChargesWhatWasGeneratedUntilThen() throws Exception {
        ledger.account("a", MANY_MICROS);
        String key = ledger.key("a", LedgerServer.UNLIMITED);
        try (RawClient client = new RawClient(ledger.server())) {
            client.send(RawClient.post(
                    "/v1/chat/completions",
                    TestServer.chatBody(tokens(1_500) + ",\"stream\":true"),
                    "Authorization: Bearer " + key));
            client.readUntil("\"content\":\"");
        }
        TestServer.eventually(
                "the hold ends", () -> ledger.number("select count(*) from request where status = 1") == 1);
        long completion = ledger.number("select completion_tokens from request");
        assertThat(completion).isBetween(1L, 1_499L);
        assertThat(ledger.number("select cost_micros from request"))
                .isEqualTo(ledger.number("select prompt_tokens from request") * 2 + completion * 10);
        assertThat(balance("a")).isEqualTo(MANY_MICROS - ledger.number("select cost_micros from request"));
        assertThat(audit()).isEmpty();
    }
}
