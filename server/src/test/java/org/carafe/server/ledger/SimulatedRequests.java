package org.carafe.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.carafe.inference.engine.Usage;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.Hold;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.SimulatedLedger.Account;
import org.carafe.server.ledger.SimulatedLedger.Held;
import org.jspecify.annotations.Nullable;

/** Requests that are held, go on and end, in the real ledger and in the model; their responses' headers are the same in both. */
final class SimulatedRequests {
    private final Simulation simulation;
    private final Random random;
    private final LedgerUnderTest real;
    private final SimulatedLedger model;
    private final List<Running> running = new ArrayList<>();
    private SimulatedMinutes minutes;

    /** A hold that is open in both. */
    private record Running(Held held, Hold hold, List<SimulatedMinutes.Part> parts) {}

    SimulatedRequests(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
        this.real = simulation.real();
        this.model = simulation.model();
        this.minutes = new SimulatedMinutes(real.nowMillis());
    }

    Account hold(Account account) {
        SimulatedLedger.Key key = key(account);
        long prompt = 1L + random.nextInt(800);
        boolean asked = random.nextInt(3) > 0;
        long wanted = asked ? 1L + random.nextInt(2_000) : 8_192;
        long now = real.nowMillis();
        Long accountTpm = account.tokensPerDay == null ? null : Simulation.ACCOUNT_TPM;
        String keyName = "k" + key.id;
        String accountName = "a" + account.id;
        Principal caller;
        try {
            caller = real.authenticate(key.id);
        } catch (ApiException e) {
            simulation.count("refused: revoked");
            assertThat(key.revoked).isTrue();
            assertThat(e.kind()).isEqualTo(ErrorKind.KEY_REVOKED);
            return account;
        }
        assertThat(key.revoked).isFalse();
        long reserved = wanted;
        if (!asked) {
            long answers = minutes.tokensLeft(keyName, Simulation.TPM, accountName, accountTpm, now) - prompt;
            reserved = Math.clamp(Math.max(answers / 2, Math.min(256, answers)), 1, wanted);
        }
        List<SimulatedMinutes.Part> parts =
                minutes.take(keyName, Simulation.RPM, Simulation.TPM, accountName, accountTpm, prompt + reserved, now);
        Held held = parts == null ? null : model.hold(key, prompt, reserved, asked, real.now());
        if (parts != null && held == null) {
            minutes.giveBack(parts, now);
        }
        Map<String, String> expected =
                minutes.headers(keyName, Simulation.RPM, Simulation.TPM, accountName, accountTpm, now);
        Hold hold;
        try {
            hold = real.admission()
                    .hold(new Admission.Demand("req", caller, Simulation.MODEL, prompt, wanted, 1, asked));
        } catch (ApiException e) {
            assertThat(held).as("refused with " + e.text()).isNull();
            simulation.count("refused: " + (parts == null ? "minute" : e.kind().code()));
            if (parts == null) {
                assertThat(e.kind()).isEqualTo(ErrorKind.RATE_LIMIT_EXCEEDED);
                assertThat(Long.parseLong(e.headers().get("Retry-After"))).isBetween(1L, 60L);
            }
            assertThat(e.headers()).containsAllEntriesOf(expected);
            return account;
        }
        simulation.count(asked ? "hold" : "hold without a maximum");
        assertThat(held).as("admitted").isNotNull();
        assertThat(hold.completionTokensMax()).isEqualTo(held.granted);
        allowance(account, expected);
        assertThat(hold.headers()).isEqualTo(expected);
        running.add(new Running(held, hold, parts));
        return account;
    }

    /** Mostly one that works: those that were revoked pile up. */
    private SimulatedLedger.Key key(Account account) {
        List<SimulatedLedger.Key> keys = random.nextInt(16) == 0
                ? account.keys
                : account.keys.stream().filter(key -> !key.revoked).toList();
        return keys.get(random.nextInt(keys.size()));
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

    @Nullable
    Account end() {
        if (running.isEmpty()) {
            return null;
        }
        Running one = running.remove(random.nextInt(running.size()));
        Account account = one.held().key.account;
        if (random.nextInt(6) == 0) {
            simulation.count("void");
            minutes.giveBack(one.parts(), real.nowMillis());
            model.end(one.held(), false, 0, 0, 0, real.now());
            one.hold().release();
        } else {
            simulation.count("post");
            long completion = random.nextLong(one.held().granted + 1);
            long cached = random.nextLong(one.held().prompt + 1);
            minutes.settle(one.parts(), one.held().prompt + completion, real.nowMillis());
            long cost = model.end(one.held(), true, one.held().prompt, cached, completion, real.now());
            one.hold().settle(new Usage((int) one.held().prompt, (int) cached, (int) completion));
            assertThat(one.hold().costMicros()).isEqualTo(cost);
        }
        return account;
    }

    /** Tells how far one is, durably. */
    void note() {
        if (running.isEmpty()) {
            return;
        }
        simulation.count("note");
        Running one = running.get(random.nextInt(running.size()));
        Held held = one.held();
        held.notedPrompt = held.prompt;
        held.notedCached = 0;
        held.notedCompletion = Math.min(held.granted, held.notedCompletion + random.nextLong(held.granted + 1));
        one.hold().delivered(new Usage((int) held.notedPrompt, 0, (int) held.notedCompletion));
        real.ledger().step();
    }

    /** Their process is gone: the next one ends what is left by what was noted. */
    void crashed() {
        for (Running one : running) {
            Held held = one.held();
            boolean delivered = held.notedCompletion > 0;
            model.end(held, delivered, held.notedPrompt, held.notedCached, held.notedCompletion, real.now());
        }
        running.clear();
        minutes = new SimulatedMinutes(real.nowMillis());
    }
}
