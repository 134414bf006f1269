package org.carafe.server.assistants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.Test;

final class FittingTest {
    private static int plan(int count, int fitting, AtomicInteger calls) {
        calls.incrementAndGet();
        if (count > fitting) {
            throw new ApiException(ErrorKind.CONTEXT_LENGTH_EXCEEDED, count + " are too many");
        }
        return count;
    }

    @Test
    void asManyAsFitAreTakenInAFewTries() {
        for (int most = 0; most <= 200; most += 10) {
            for (int fitting = 0; fitting <= most + 10; fitting++) {
                int fits = fitting;
                AtomicInteger calls = new AtomicInteger();
                assertThat(Fitting.<Integer>most(most, count -> plan(count, fits, calls)))
                        .isEqualTo(Math.min(most, fitting));
                assertThat(calls.get()).isLessThanOrEqualTo(10);
            }
        }
    }

    @Test
    void whatDoesNotFitAloneIsRefused() {
        assertThatThrownBy(() -> Fitting.most(5, count -> plan(count, -1, new AtomicInteger())))
                .hasMessage("0 are too many");
    }

    @Test
    void otherErrorsAreNotTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> Fitting.most(5, count -> {
                    calls.incrementAndGet();
                    throw new ApiException(ErrorKind.INVALID_VALUE, "no");
                }))
                .hasMessage("no");
        assertThat(calls).hasValue(1);
    }
}
