package org.carafe.bench.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.carafe.bench.report.TextTable;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.Ledger;
import org.carafe.server.ledger.LedgerAudit;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.Periods;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code scripts/bench ledger}: durable holds and settlements of many requests at once. */
@Command(
        name = "ledger",
        description = "Measure the ledger alone: a hold and its settlement, both on the disk, over and over.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class LedgerCommand implements Callable<Integer> {
    private static final String MODEL = "bench";
    private static final long PREPAID_MICROS = 1_000_000_000_000_000L;

    @Option(
            names = "--in-flight",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,16,256",
            description = "Requests at once, a run each (default: ${DEFAULT-VALUE}).")
    private List<Integer> inFlight = List.of();

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Of a run (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--accounts",
            paramLabel = "N",
            defaultValue = "20",
            description = "Accounts that the requests are of, a key each (default: ${DEFAULT-VALUE}).")
    private int accounts;

    @Option(
            names = "--fill",
            paramLabel = "ROWS",
            defaultValue = "0",
            description = "Measure, then add so many ended requests, and measure again (default: ${DEFAULT-VALUE}).")
    private long fillRows;

    @Option(names = "--db", paramLabel = "URL", description = "An empty PostgreSQL database (default: SQLite).")
    private @Nullable String url;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "Where the SQLite file is made, and, unless --keep, deleted afterwards (default: the system's temporary files).")
    private @Nullable Path parent;

    @Option(names = "--keep", description = "Leave the SQLite file, for a server to run on.")
    private boolean keep;

    @Option(names = "--audit", description = "Check every law over the whole ledger at the end.")
    private boolean audit;

    private final List<Long> accountIds = new ArrayList<>();
    private final List<Long> keyIds = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (accounts < 1 || accounts > 10_000 || seconds < 1 || fillRows < 0) {
            throw new IllegalArgumentException("--accounts is 1 to 10000, --duration at least 1, --fill at least 0");
        }
        Path directory = parent == null
                ? Files.createTempDirectory("carafe-bench")
                : Files.createTempDirectory(parent, "ledger");
        DatabaseSettings settings = new DatabaseSettings(directory, url);
        TextTable table = new TextTable(
                List.of("rows before", "in flight", "requests/s", "hold p50 ms", "p99 ms", "settle p50 ms", "p99 ms"));
        try {
            try (Database database = Database.open(settings)) {
                RowIds ids = new RowIds(database);
                prepare(database, ids);
                measure(database, ids, 0, table);
                if (fillRows > 0) {
                    System.err.println("adding " + fillRows + " ended requests");
                    fill(database);
                }
            }
            // As another process: its ids come after all that were there before, as those of a server's next start do.
            try (Database database = Database.open(settings)) {
                if (fillRows > 0) {
                    flush(directory);
                    measure(database, new RowIds(database), fillRows, table);
                }
                System.out.print(table);
                return audit && !isWhole(database) ? 1 : 0;
            }
        } finally {
            if (keep) {
                System.err.println("kept: " + directory);
            } else {
                delete(directory);
            }
        }
    }

    private void fill(Database database) {
        new PastUsage(database, MODEL)
                .add(
                        fillRows,
                        Periods.day(InstantSource.system().instant()) - 366,
                        accountIds.stream().mapToLong(Long::longValue).toArray(),
                        keyIds.stream().mapToLong(Long::longValue).toArray());
    }

    /** Else the system would write the gigabytes that were just added while the next run waits for its own few pages. */
    private static void flush(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static boolean isWhole(Database database) {
        List<LedgerAudit.Finding> findings = LedgerAudit.verify(database);
        findings.forEach(finding -> System.out.println(finding.law() + ": " + finding.what()));
        System.out.println(findings.isEmpty() ? "audit: every law holds" : "audit: broken");
        return findings.isEmpty();
    }

    private void prepare(Database database, RowIds ids) {
        AdminActs acts = AdminActs.of(database, ids, MasterKey.of(new byte[32]), InstantSource.system(), () -> {});
        acts.prices().set("bench", MODEL, 2_000_000, 1_000_000L, 10_000_000);
        for (int i = 0; i < accounts; i++) {
            String name = "account-" + i;
            acts.accounts().create("bench", name, AccountSettings.DEFAULTS);
            acts.credits().add("bench", name, PREPAID_MICROS, "bench", null);
            acts.keys().create("bench", name, KeySettings.named("bench"), null);
        }
        keyIds.addAll(database.read(handle -> handle.select("select id from api_key order by id")
                .mapTo(Long.class)
                .list()));
        accountIds.addAll(database.read(handle -> handle.select("select account_id from api_key order by id")
                .mapTo(Long.class)
                .list()));
    }

    private void measure(Database database, RowIds ids, long rowsBefore, TextTable table) throws InterruptedException {
        try (Ledger ledger = Ledger.start(database, ids, InstantSource.system(), LedgerListener.NONE)) {
            run(ledger, 64, 2);
            for (int places : inFlight) {
                Run run = run(ledger, places, seconds);
                table.row(List.of(
                        String.format(Locale.ROOT, "%,d", rowsBefore),
                        Integer.toString(places),
                        String.format(Locale.ROOT, "%,.0f", run.requests() / run.seconds()),
                        millis(run.holds(), 50),
                        millis(run.holds(), 99),
                        millis(run.settlements(), 50),
                        millis(run.settlements(), 99)));
            }
        }
    }

    private static String millis(Histogram histogram, double percentile) {
        return String.format(Locale.ROOT, "%.2f", histogram.getValueAtPercentile(percentile) / 1e6);
    }

    private record Run(long requests, double seconds, Histogram holds, Histogram settlements) {}

    private Run run(Ledger ledger, int places, int runSeconds) throws InterruptedException {
        Histogram holds = new ConcurrentHistogram(2);
        Histogram settlements = new ConcurrentHistogram(2);
        LongAdder done = new LongAdder();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        long started = System.nanoTime();
        long end = started + runSeconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int place = 0; place < places; place++) {
            int own = place % accounts;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    while (System.nanoTime() < end) {
                        request(ledger, accountIds.get(own), keyIds.get(own), holds, settlements);
                        done.increment();
                    }
                } catch (RuntimeException | Error e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a request failed", failures.peek());
        }
        return new Run(done.sum(), (System.nanoTime() - started) / 1e9, holds, settlements);
    }

    private static void request(Ledger ledger, long account, long key, Histogram holds, Histogram settlements) {
        long start = System.nanoTime();
        HoldResult result = ledger.hold(new HoldRequest("bench", account, key, MODEL, 100, 50, 1, true));
        long held = System.nanoTime();
        if (!(result instanceof HoldResult.Held admitted)) {
            throw new IllegalStateException("refused: " + result);
        }
        ledger.post(admitted.hold(), new Usage(100, 20, 30));
        holds.recordValue(held - start);
        settlements.recordValue(System.nanoTime() - held);
    }
}
