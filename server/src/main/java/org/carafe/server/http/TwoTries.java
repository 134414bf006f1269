package org.carafe.server.http;

import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.carafe.inference.engine.EngineStoppedException;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.AnswerEncoder;
import org.carafe.server.openai.SamplingFields;
import org.carafe.server.serving.RequestPlan;

/**
 * Runs a plan, and once more where the runner failed before anything was sent: then its hold was given back whole, and the second try has
 * one of its own. For dialects whose callers are told that it was retried.
 */
final class TwoTries {
    private final Generations generations;

    TwoTries(Generations generations) {
        this.generations = generations;
    }

    /**
     * Answers.
     *
     * @param encoder a fresh one for each try
     * @throws ApiException {@code UPSTREAM_ERROR}: the runner failed twice, or in the middle of an answer
     */
    void run(Exchange exchange, RequestPlan plan, SamplingFields fields, Supplier<AnswerEncoder> encoder)
            throws IOException {
        try {
            generations.run(exchange, plan, fields, encoder.get());
        } catch (RunnerFailedException | EngineStoppedException first) {
            if (exchange.response().isCommitted()) {
                throw upstream("The model failed in the middle of the answer.");
            }
            try {
                generations.run(exchange, plan, fields, encoder.get());
            } catch (RunnerFailedException | EngineStoppedException second) {
                throw upstream("The model failed, and failed again when it was asked once more.");
            }
        }
    }

    private static ApiException upstream(String what) {
        return new ApiException(
                ErrorKind.UPSTREAM_ERROR, what + " It is safe to try again.", null, Map.of("Retry-After", "1"));
    }
}
