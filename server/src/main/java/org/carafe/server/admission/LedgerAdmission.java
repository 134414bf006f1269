package org.carafe.server.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.carafe.inference.engine.Usage;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.auth.Principal;
import org.carafe.server.ledger.Allowance;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.ledger.HoldRequest;
import org.carafe.server.ledger.HoldResult;
import org.carafe.server.ledger.Ledger;
import org.carafe.server.ledger.OpenHold;
import org.carafe.server.limits.MinuteLimits;
import org.carafe.server.limits.Taken;
import org.jspecify.annotations.Nullable;

/**
 * Admits by the limits of the minute, then by the ledger. What the first took goes back where the second refuses, so that a rejected
 * request consumes nothing. Callers without a grant ({@code --auth off}) are not metered.
 */
public final class LedgerAdmission implements Admission {
    /** What a request without a maximum may take of the last tokens of a minute before half of them would be too little. */
    private static final long TOKENS_MIN = 256;

    private final Ledger ledger;
    private final MinuteLimits limits;
    private final Allowances allowances;
    private final Refusals refusals;
    private final Admission unmetered = new Unmetered();

    /** Tells an account's allowance for a response that holds nothing. */
    public interface Allowances {
        /** Null: it has none. */
        @Nullable
        Allowance of(long accountId);
    }

    public LedgerAdmission(Ledger ledger, MinuteLimits limits, Allowances allowances, Refusals refusals) {
        this.ledger = ledger;
        this.limits = limits;
        this.allowances = allowances;
        this.refusals = refusals;
    }

    @Override
    public Map<String, String> headers(Principal principal) {
        KeyGrant grant = principal.grant();
        if (grant == null) {
            return Map.of();
        }
        return with(limits.headers(grant), allowances.of(grant.accountId()));
    }

    @Override
    public Map<String, String> count(Principal principal) {
        KeyGrant grant = principal.grant();
        if (grant == null || grant.kind() == KeyKind.MANAGEMENT) {
            return headers(principal);
        }
        // The limits first: who is beyond them costs the database nothing.
        Taken taken = limits.take(grant, 0);
        try {
            return with(taken.headers(), allowances.of(grant.accountId()));
        } catch (RuntimeException e) {
            taken.giveBack();
            throw e;
        }
    }

    @Override
    public void check(Principal principal) {
        KeyGrant grant = principal.grant();
        if (grant != null && grant.kind() != KeyKind.MANAGEMENT) {
            limits.check(grant);
        }
    }

    private static Map<String, String> with(Map<String, String> limitHeaders, @Nullable Allowance allowance) {
        Map<String, String> headers = new LinkedHashMap<>(limitHeaders);
        headers.putAll(AllowanceHeaders.of(allowance));
        return headers;
    }

    @Override
    public Hold hold(Demand demand) {
        KeyGrant grant = demand.principal().grant();
        if (grant == null) {
            return unmetered.hold(demand);
        }
        long completions = demand.completionsAsked() ? demand.completionTokensMax() : ofTheMinute(demand, grant);
        Taken taken = limits.take(grant, demand.promptTokens() + completions);
        HoldResult result;
        try {
            result = ledger.hold(new HoldRequest(
                    demand.requestId(),
                    grant.accountId(),
                    grant.keyId(),
                    demand.model(),
                    demand.promptTokens(),
                    completions / demand.sequences(),
                    demand.sequences(),
                    demand.completionsAsked()));
        } catch (RuntimeException e) {
            taken.giveBack();
            throw e;
        }
        return switch (result) {
            case HoldResult.Held admitted -> new Metered(admitted, demand, taken);
            case HoldResult.Refused refused -> {
                // Before the headers are read: they show that it consumed nothing.
                taken.giveBack();
                throw refusals.of(refused.refusal(), limits.headers(grant));
            }
        };
    }

    /** As with credits: at most half of what is left, but not less than a short answer where all that is left covers one. */
    private long ofTheMinute(Demand demand, KeyGrant grant) {
        long wanted = demand.completionTokensMax();
        long left = limits.tokensLeft(grant);
        if (left == Long.MAX_VALUE) {
            return wanted;
        }
        long answers = left - demand.promptTokens();
        long sequences = demand.sequences();
        long share = Math.max(answers / 2, Math.min(TOKENS_MIN * sequences, answers));
        long granted = Math.clamp(share, Math.min(sequences, wanted), wanted);
        return granted - granted % sequences;
    }

    private final class Metered implements Hold {
        private final OpenHold hold;
        private final Taken taken;
        private final long completionTokensMax;
        private final Map<String, String> headers;
        private volatile long costMicros;
        private final AtomicBoolean ended = new AtomicBoolean();

        Metered(HoldResult.Held held, Demand demand, Taken taken) {
            this.hold = held.hold();
            this.taken = taken;
            this.completionTokensMax = held.completionTokensMax() * demand.sequences();
            this.headers = with(taken.headers(), held.allowance());
        }

        @Override
        public Map<String, String> headers() {
            return headers;
        }

        @Override
        public long completionTokensMax() {
            return completionTokensMax;
        }

        @Override
        public void delivered(Usage soFar) {
            ledger.note(hold, soFar);
        }

        @Override
        public void settle(Usage usage, @Nullable AnswerToKeep answer) {
            end();
            taken.settle((long) usage.promptTokens() + usage.completionTokens());
            costMicros = ledger.post(hold, usage, answer);
        }

        @Override
        public long costMicros() {
            return costMicros;
        }

        @Override
        public void release() {
            end();
            taken.giveBack();
            ledger.release(hold);
        }

        private void end() {
            if (!ended.compareAndSet(false, true)) {
                throw new IllegalStateException("a hold ends exactly once");
            }
        }
    }
}
