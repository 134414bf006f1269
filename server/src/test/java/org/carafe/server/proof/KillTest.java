package org.carafe.server.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carafe.server.accounts.Limits;
import org.carafe.server.cli.Carafe;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.proof.LedgerRows.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at any moment: a server under streaming load dies, starts again on the same directory, and the books are right. The
 * rule: a stream that was cut off is charged for what was delivered as of its last note, and a note is never older than a second.
 *
 * <p>20 times by default; {@code -Dcarafe.kill.cycles=300} for a long run, {@code -Dcarafe.kill.seed} to repeat one.
 */
final class KillTest {
    private static final int CYCLES = Integer.getInteger("carafe.kill.cycles", 20);
    private static final long SEED = Long.getLong("carafe.kill.seed", 20_261_121L);
    private static final int STREAMS = 32;
    private static final int TOKENS_MAX = 250;
    private static final String TOKENS_PER_SECOND = "100";

    /** Between two notes of a stream: a second, and what a busy machine may add to it. */
    private static final long NOTE_AGE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

    private static final long CREDITS_MICROS = 1_000_000_000_000L;
    private static final long PROMPT_MICROS = 3;
    private static final long COMPLETION_MICROS = 7;

    @TempDir
    private Path home;

    private final Set<String> asked = new HashSet<>();
    private int cutOff;
    private int charged;

    @Test
    void aServerThatIsKilledUnderLoadLosesNothingAndChargesNobodyTooMuch() throws Exception {
        Path data = home.resolve("data");
        LedgerRows rows = new LedgerRows("jdbc:sqlite:" + data.resolve("carafe.db"));
        Administrator administrator = new Administrator(home, DatabaseSettings.sqlite(data));
        administrator.account("acme", CREDITS_MICROS);
        administrator.price(PROMPT_MICROS, COMPLETION_MICROS);
        // Exactly as many at once as there are streams: were one slot leaked by a kill, the next cycle would meet a
        // 429.
        String key = administrator.key("acme", new Limits(10_000_000L, 1_000_000_000_000L, null, null, (long) STREAMS));
        Random random = new Random(SEED);
        List<Received> last = List.of();
        long killedAtNanos = 0;
        for (int cycle = 0; cycle <= CYCLES; cycle++) {
            try (Carafe carafe = serve(data)) {
                URI base = carafe.ready();
                check(rows, last, killedAtNanos, "seed " + SEED + ", cycle " + cycle);
                assertThat(administrator.audit()).as("cycle " + cycle).isEmpty();
                if (cycle == CYCLES) {
                    break;
                }
                StreamLoad load = new StreamLoad(base, key, "kill-" + cycle);
                load.start(STREAMS, TOKENS_MAX, SEED + cycle);
                waitForTheMoment(random, load);
                carafe.signal("KILL");
                killedAtNanos = System.nanoTime();
                assertThat(carafe.exit()).isEqualTo(137);
                last = load.await();
            }
        }
        assertThat(cutOff).isGreaterThan(CYCLES * STREAMS / 2);
        assertThat(charged).isPositive();
        assertThat(administrator.shell("audit", "verify").path("ok").asBoolean())
                .isTrue();
    }

    private Carafe serve(Path data) throws IOException {
        return Carafe.serve(home, "--data", data.toString(), "--synthetic-rate", TOKENS_PER_SECOND);
    }

    /** Mostly soon after the first token, while streams begin and end; now and then before it, or late enough for notes to count. */
    private static void waitForTheMoment(Random random, StreamLoad load) throws InterruptedException {
        int kind = random.nextInt(8);
        if (kind == 0) {
            Thread.sleep(random.nextInt(500));
            return;
        }
        load.awaitFirstToken();
        Thread.sleep(kind <= 2 ? 2_100 + random.nextInt(900) : random.nextInt(700));
    }

    private void check(LedgerRows ledger, List<Received> received, long killedAtNanos, String when)
            throws SQLException {
        Map<String, List<Row>> rows = ledger.requests();
        List<String> wrong = new ArrayList<>();
        for (Received one : received) {
            asked.add(one.requestId);
            List<Row> its = rows.getOrDefault(one.requestId, List.of());
            String fault = fault(one, its, killedAtNanos);
            if (!fault.isEmpty()) {
                wrong.add(fault + ": " + one + " " + its);
            }
        }
        assertThat(wrong).as(when).isEmpty();
        assertThat(asked).as(when).containsAll(rows.keySet());
        Books.assertRight(ledger, CREDITS_MICROS, when);
    }

    /** What is wrong with the rows of a request; empty if nothing is. */
    private String fault(Received one, List<Row> rows, long killedAtNanos) {
        if (one.status != 200 && one.status != 0) {
            return "refused";
        }
        if (one.status == 0 && rows.isEmpty()) {
            return "";
        }
        if (rows.size() != 1) {
            return "not one row";
        }
        Row row = rows.getFirst();
        long rate = row.promptTokens() * PROMPT_MICROS + row.completionTokens() * COMPLETION_MICROS;
        if (row.costMicros() != rate || row.cachedTokens() != 0) {
            return "costs " + row.costMicros() + " and not " + rate;
        }
        return switch (row.status()) {
            // Settled; when it was cut off, only its last chunk can be missing.
            case Row.POSTED ->
                row.completionTokens() == one.tokensMax && (!one.finished || one.tokens() == one.tokensMax)
                        ? ""
                        : "settled with another number of tokens";
            case Row.VOIDED -> {
                cutOff++;
                yield one.finished || row.completionTokens() != 0
                        ? "voided after it was delivered"
                        : tooLittle(one, row, killedAtNanos);
            }
            case Row.EXPIRED -> {
                cutOff++;
                charged++;
                if (one.finished) {
                    yield "finished before it was settled";
                }
                yield row.completionTokens() > one.tokens()
                        ? "charged for more than was delivered"
                        : tooLittle(one, row, killedAtNanos);
            }
            default -> "still open";
        };
    }

    private static String tooLittle(Received one, Row row, long killedAtNanos) {
        return row.completionTokens() < one.tokensBefore(killedAtNanos - NOTE_AGE_MAX_NANOS)
                ? "charged for less than its last note said"
                : "";
    }
}
