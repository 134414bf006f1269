package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.Hold;
import org.carafe.server.admission.LedgerAdmission;
import org.carafe.server.admission.Refusals;
import org.carafe.server.auth.Credential;
import org.carafe.server.auth.Door;
import org.carafe.server.auth.KeyRing;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.SimulatedLedger.Account;
import org.carafe.server.ledger.SimulatedLedger.Held;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.store.AllowanceLookup;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.limits.BucketLimits;
import org.carafe.server.limits.MinuteLimits;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * Random acts against a real ledger and against {@link SimulatedLedger}; after each, the balances of its account and the headers of its
 * response are the same in both, and every now and then so are all balances and reports, and the audit finds nothing.
 */
final class LedgerSimulator implements AutoCloseable {
    private static final String MODEL = "m";
    private static final MasterKey MASTER_KEY = MasterKey.of(new byte[32]);
    private static final long RPM = 6;
    private static final long TPM = 6_000;
    private static final long ACCOUNT_TPM = 9_000;
    private static final int WHOLE_EVERY = 10_000;

    private final DatabaseSettings settings;
    private final Random random;
    private final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-01-30T22:00:00Z").toEpochMilli());
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
    private final SimulatedLedger model = new SimulatedLedger();
    private SimulatedMinutes minutes;
    private final Map<Long, String> secrets = new HashMap<>();
    private final List<Running> running = new ArrayList<>();
    private Database database;
    private Ledger ledger;
    private MinuteLimits limits;
    private KeyRing keys;
    private AdminActs acts;
    private Admission admission;
    private final Map<String, Integer> counts = new TreeMap<>();

    /** A hold that is open in both. */
    private record Running(Held held, Hold hold, List<SimulatedMinutes.Part> parts, String account) {}

    LedgerSimulator(DatabaseSettings settings, long seed) {
        this.settings = settings;
        this.random = new Random(seed);
        open();
        acts.prices()
                .set(
                        "test",
                        MODEL,
                        SimulatedLedger.PROMPT_MICROS * 1_000_000,
                        SimulatedLedger.CACHED_MICROS * 1_000_000,
                        SimulatedLedger.COMPLETION_MICROS * 1_000_000);
        account("prepaid", null, null, 0, null, null);
        account("monthly", 400_000L, null, 0, null, 300_000L);
        account("daily", null, 90_000L, 0, 3L, null);
        account("both", 300_000L, 50_000L, 5_000, 4L, null);
        account("overdrawn", null, null, 40_000, null, 200_000L);
    }

    private void open() {
        database = Database.open(settings);
        RowIds ids = new RowIds(database);
        ledger = Ledger.stepped(database, ids, clock, LedgerListener.NONE);
        keys = new KeyRing(new KeyLookup(database), MASTER_KEY, clock, Door.SHUT);
        acts = AdminActs.of(database, ids, MASTER_KEY, clock, keys::changed);
        limits = BucketLimits.local(new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nowMillis.get() * 1_000_000;
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        });
        minutes = new SimulatedMinutes(nowMillis.get());
        admission = new LedgerAdmission(ledger, limits, new AllowanceLookup(database, clock)::of, new Refusals(clock));
    }

    private void shut() {
        keys.close();
        ledger.close();
        limits.close();
        database.close();
    }

    @Override
    public void close() {
        shut();
    }

    private void account(
            String name,
            @Nullable Long monthly,
            @Nullable Long daily,
            long overdraft,
            @Nullable Long concurrent,
            @Nullable Long tokensPerDay) {
        boolean limited = tokensPerDay != null;
        acts.accounts()
                .create(
                        "test",
                        name,
                        new AccountSettings(
                                null,
                                ErrorStyle.OPENAI,
                                monthly,
                                daily,
                                overdraft,
                                new Limits(null, limited ? ACCOUNT_TPM : null, null, tokensPerDay, concurrent),
                                null,
                                0,
                                Map.of()));
        Account account = new Account(
                number("select id from account where name = ?", name),
                name,
                monthly,
                daily,
                overdraft,
                concurrent,
                tokensPerDay);
        model.accounts.add(account);
        for (int i = 0; i < 3; i++) {
            key(account);
        }
        topUp(account, 300_000);
    }

    private void key(Account account) {
        Long budget = random.nextInt(3) == 0 ? 50_000L + random.nextInt(400_000) : null;
        Long perDay = random.nextInt(3) == 0 ? 200L + random.nextInt(100) : null;
        KeySettings given = new KeySettings(
                "k", KeyScope.ALL, new Limits(RPM, TPM, perDay, null, null), budget, null, null, Map.of());
        String text = acts.keys().create("test", account.name, given, null).key();
        long id = number("select max(id) from api_key");
        secrets.put(id, String.valueOf(text));
        account.keys.add(new SimulatedLedger.Key(id, account, budget, perDay));
    }

    /** Does so many acts. */
    void run(int count) {
        for (int i = 1; i <= count; i++) {
            try {
                Account touched = act(random.nextInt(1_000));
                if (touched != null) {
                    compare(touched);
                }
                if (i % WHOLE_EVERY == 0 || i == count) {
                    compareAll();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("at act " + i + " of " + counts, e);
            }
        }
    }

    /** What was done how often. */
    Map<String, Integer> counts() {
        return counts;
    }

    private @Nullable Account act(int dice) {
        Account account = model.accounts.get(random.nextInt(model.accounts.size()));
        if (dice < 420) {
            return hold(account);
        } else if (dice < 740) {
            return end();
        } else if (dice < 800) {
            note();
            return null;
        } else if (dice < 850) {
            count("top-up");
            topUp(account, 1L + random.nextInt(60_000));
        } else if (dice < 880) {
            takeAway(account);
        } else if (dice < 900) {
            reverseCharge(account);
        } else if (dice < 920) {
            revoke(account);
        } else if (dice < 985) {
            jump();
            return null;
        } else if (dice < 999 || random.nextInt(2) == 0) {
            count("step");
            ledger.step();
            return null;
        } else {
            crash();
            return null;
        }
        return account;
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private Account hold(Account account) {
        SimulatedLedger.Key key = account.keys.get(random.nextInt(account.keys.size()));
        long prompt = 1L + random.nextInt(800);
        boolean asked = random.nextInt(3) > 0;
        long wanted = asked ? 1L + random.nextInt(2_000) : 8_192;
        long now = nowMillis.get();
        Long accountTpm = account.tokensPerDay == null ? null : ACCOUNT_TPM;
        String keyName = "k" + key.id;
        String accountName = "a" + account.id;
        Principal caller;
        try {
            caller = keys.authenticate(new Credential(secrets.get(key.id), Credential.Source.BEARER));
        } catch (ApiException e) {
            count("refused: revoked");
            assertThat(key.revoked).isTrue();
            assertThat(e.kind()).isEqualTo(ErrorKind.KEY_REVOKED);
            return account;
        }
        assertThat(key.revoked).isFalse();
        long reserved = wanted;
        if (!asked) {
            long answers = minutes.tokensLeft(keyName, TPM, accountName, accountTpm, now) - prompt;
            reserved = Math.clamp(Math.max(answers / 2, Math.min(256, answers)), 1, wanted);
        }
        List<SimulatedMinutes.Part> parts =
                minutes.take(keyName, RPM, TPM, accountName, accountTpm, prompt + reserved, now);
        Held held = parts == null ? null : model.hold(key, prompt, reserved, asked, clock.instant());
        if (parts != null && held == null) {
            minutes.giveBack(parts, now);
        }
        Map<String, String> expected = minutes.headers(keyName, RPM, TPM, accountName, accountTpm, now);
        Hold real;
        try {
            real = admission.hold(new Admission.Demand("req", caller, MODEL, prompt, wanted, 1, asked));
        } catch (ApiException e) {
            assertThat(held).as("refused with " + e.text()).isNull();
            count("refused: " + (parts == null ? "minute" : e.kind().code()));
            if (parts == null) {
                assertThat(e.kind()).isEqualTo(ErrorKind.RATE_LIMIT_EXCEEDED);
                assertThat(Long.parseLong(e.headers().get("Retry-After"))).isBetween(1L, 60L);
            }
            assertThat(e.headers()).containsAllEntriesOf(expected);
            return account;
        }
        count(asked ? "hold" : "hold without a maximum");
        assertThat(held).as("admitted").isNotNull();
        assertThat(real.completionTokensMax()).isEqualTo(held.granted);
        allowance(account, expected);
        assertThat(real.headers()).isEqualTo(expected);
        running.add(new Running(held, real, parts, account.name));
        return account;
    }

    private static void allowance(Account account, Map<String, String> headers) {
        SimulatedLedger.Fund fund = account.daily.allowance != null ? account.daily : account.monthly;
        if (fund.allowance != null) {
            headers.put("X-RateLimit-Limit", Credits.show(fund.allowance));
            headers.put("X-RateLimit-Remaining", Credits.show(Math.max(0, fund.free())));
            Instant reset =
                    fund == account.daily ? Periods.startOfDay(fund.period + 1) : Periods.startOfMonth(fund.period + 1);
            headers.put("X-RateLimit-Reset", reset.toString());
        }
    }

    private @Nullable Account end() {
        if (running.isEmpty()) {
            return null;
        }
        Running one = running.remove(random.nextInt(running.size()));
        Account account = one.held().key.account;
        if (random.nextInt(6) == 0) {
            count("void");
            minutes.giveBack(one.parts(), nowMillis.get());
            model.end(one.held(), false, 0, 0, 0, clock.instant());
            one.hold().release();
        } else {
            count("post");
            long completion = random.nextLong(one.held().granted + 1);
            long cached = random.nextLong(one.held().prompt + 1);
            minutes.settle(one.parts(), one.held().prompt + completion, nowMillis.get());
            long cost = model.end(one.held(), true, one.held().prompt, cached, completion, clock.instant());
            one.hold().settle(new Usage((int) one.held().prompt, (int) cached, (int) completion));
            assertThat(one.hold().costMicros()).isEqualTo(cost);
        }
        return account;
    }

    /** Tells how far some are; durable with the next step. */
    private void note() {
        if (running.isEmpty()) {
            return;
        }
        count("note");
        Running one = running.get(random.nextInt(running.size()));
        Held held = one.held();
        held.notedPrompt = held.prompt;
        held.notedCached = 0;
        held.notedCompletion = Math.min(held.granted, held.notedCompletion + random.nextLong(held.granted + 1));
        one.hold().delivered(new Usage((int) held.notedPrompt, 0, (int) held.notedCompletion));
        ledger.step();
    }

    private void topUp(Account account, long micros) {
        acts.credits().add("test", account.name, micros, "more", null);
        model.topUp(account, micros);
    }

    private void takeAway(Account account) {
        long micros = 1L + random.nextInt(200_000);
        boolean covered = model.take(account, micros);
        count(covered ? "taken away" : "not taken away");
        try {
            acts.credits().adjust("test", account.name, -micros, "less", null);
            assertThat(covered).isTrue();
        } catch (ActException e) {
            assertThat(covered).as(e.getMessage()).isFalse();
        }
    }

    /** The last charge of an account: its credits become prepaid ones. */
    private void reverseCharge(Account account) {
        long id = number("""
                select coalesce(max(t.id), 0) from ledger_transaction t where t.account_id = ? and t.kind = 'charge'
                and not exists (select 1 from ledger_transaction r where r.reverses = t.id)
                """, account.id);
        if (id == 0) {
            return;
        }
        count("reversal");
        long micros = number("select cost_micros from request where id = ?", id);
        acts.credits().reverse("test", Long.toString(id), "a mistake");
        account.prepaid.balance += micros;
        model.earned -= micros;
    }

    private void revoke(Account account) {
        SimulatedLedger.Key key = account.keys.get(random.nextInt(account.keys.size()));
        if (key.revoked) {
            return;
        }
        count("revocation");
        key.revoked = true;
        String id = database.read(handle -> handle.select("select public_id from api_key where id = ?", key.id)
                .mapTo(String.class)
                .one());
        acts.keys().revoke("test", id);
        key(account);
    }

    private void jump() {
        count("clock jump");
        long millis = switch (random.nextInt(20)) {
            case 0 -> Duration.ofHours(random.nextInt(30)).toMillis();
            case 1, 2, 3 -> random.nextLong(600_000);
            default -> random.nextLong(30_000);
        };
        nowMillis.addAndGet(millis);
    }

    /** The process goes, with all that it held; the next one ends what is left by what was noted. */
    private void crash() {
        count("crash");
        shut();
        for (Running one : running) {
            Held held = one.held();
            boolean delivered = held.notedCompletion > 0;
            model.end(held, delivered, held.notedPrompt, held.notedCached, held.notedCompletion, clock.instant());
        }
        running.clear();
        open();
        compareAll();
    }

    private void compare(Account account) {
        Map<String, String> real = new TreeMap<>();
        database.read(handle -> {
            handle.select("select kind, balance_micros, held_micros from fund where account_id = ?", account.id)
                    .map((row, context) -> real.put(row.getString(1), row.getLong(2) + " held " + row.getLong(3)))
                    .list();
            return null;
        });
        Map<String, String> expected = new TreeMap<>();
        put(expected, "prepaid", account.prepaid, true);
        put(expected, "monthly", account.monthly, account.monthly.allowance != null);
        put(expected, "daily", account.daily, account.daily.allowance != null);
        assertThat(real).as(account.name).isEqualTo(expected);
        assertThat(account.available()).as("law 2").isNotNegative();
    }

    private static void put(Map<String, String> funds, String kind, SimulatedLedger.Fund fund, boolean exists) {
        if (exists) {
            funds.put(kind, fund.balance + " held " + fund.held);
        }
    }

    private void compareAll() {
        model.accounts.forEach(this::compare);
        assertThat(model.sum()).isZero();
        assertThat(number("select balance_micros from fund where kind = 'earned'"))
                .isEqualTo(model.earned);
        assertThat(number("select balance_micros from fund where kind = 'issued'"))
                .isEqualTo(model.issued);
        Map<String, String> real = new TreeMap<>();
        database.read(handle -> handle.select(
                        "select day, key_id, requests, prompt_tokens, cached_tokens, completion_tokens, cost_micros from usage_day")
                .map((row, context) -> real.put(
                        row.getLong(1) + "/" + row.getLong(2),
                        row.getLong(3) + " " + row.getLong(4) + " " + row.getLong(5) + " " + row.getLong(6) + " "
                                + row.getLong(7)))
                .list());
        Map<String, String> expected = new TreeMap<>();
        model.usage.forEach(
                (name, row) -> expected.put(name, row[0] + " " + row[1] + " " + row[2] + " " + row[3] + " " + row[4]));
        assertThat(real).isEqualTo(expected);
        model.keys()
                .values()
                .forEach(key -> assertThat(number("select spent_micros from key_meter where key_id = ?", key.id))
                        .isEqualTo(key.spent));
        assertThat(LedgerAudit.verify(database)).isEmpty();
    }

    private long number(String sql, Object... parameters) {
        return database.read(
                handle -> handle.select(sql, parameters).mapTo(Long.class).one());
    }
}
