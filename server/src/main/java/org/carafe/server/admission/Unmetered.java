package org.carafe.server.admission;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.carafe.inference.engine.Usage;
import org.carafe.server.auth.Principal;
import org.carafe.server.ledger.AnswerToKeep;
import org.jspecify.annotations.Nullable;

/** Admits everything and counts the holds that are open: what stands where no ledger is configured. */
public final class Unmetered implements Admission {
    private final AtomicLong open = new AtomicLong();

    @Override
    public Hold hold(Demand demand) {
        open.incrementAndGet();
        return new Free(demand.completionTokensMax());
    }

    @Override
    public Map<String, String> count(Principal principal) {
        return Map.of();
    }

    @Override
    public void check(Principal principal) {}

    @Override
    public Map<String, String> headers(Principal principal) {
        return Map.of();
    }

    /** Holds neither settled nor released; zero when the server is idle. */
    public long openHolds() {
        return open.get();
    }

    private final class Free implements Hold {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final long completionTokensMax;

        Free(long completionTokensMax) {
            this.completionTokensMax = completionTokensMax;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public long completionTokensMax() {
            return completionTokensMax;
        }

        @Override
        public void delivered(Usage soFar) {}

        @Override
        public void settle(Usage usage, @Nullable AnswerToKeep answer) {
            if (answer != null) {
                answer.outcome().settled(false); // nothing is charged here, and nothing kept
            }
            end();
        }

        @Override
        public void release() {
            end();
        }

        private void end() {
            if (!ended.compareAndSet(false, true)) {
                throw new IllegalStateException("a hold ends exactly once");
            }
            open.decrementAndGet();
        }
    }
}
