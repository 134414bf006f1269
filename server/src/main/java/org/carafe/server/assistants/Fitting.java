package org.carafe.server.assistants;

import java.util.function.IntFunction;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** As much of something optional (turns of a history, passages) as fits a model's context. */
public final class Fitting {
    private Fitting() {}

    /**
     * The plan with as many as fit: all if they do, else found by halving, so that a long history is not rendered once for each turn.
     *
     * @param most how many there are
     * @param plan with so many; fewer are never longer. It throws {@code CONTEXT_LENGTH_EXCEEDED} where they do not fit
     * @throws ApiException what {@code plan} throws, where not even none fit or for another reason
     */
    public static <P> P most(int most, IntFunction<P> plan) {
        ApiException tooLong;
        try {
            return plan.apply(most);
        } catch (ApiException e) {
            if (e.kind() != ErrorKind.CONTEXT_LENGTH_EXCEEDED || most == 0) {
                throw e;
            }
            tooLong = e;
        }
        @Nullable P best = null;
        int fits = -1;
        int exceeds = most;
        while (exceeds - fits > 1) {
            int middle = (fits + exceeds) >>> 1;
            try {
                best = plan.apply(middle);
                fits = middle;
            } catch (ApiException e) {
                if (e.kind() != ErrorKind.CONTEXT_LENGTH_EXCEEDED) {
                    throw e;
                }
                exceeds = middle;
                tooLong = e;
            }
        }
        if (best == null) {
            throw tooLong;
        }
        return best;
    }
}
