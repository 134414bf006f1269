package org.carafe.server.http;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.text.TextGeneration;
import org.carafe.server.serving.RequestPlan;

/** The running sequences of one request. Any thread may cancel; each sequence has one reader. */
final class Sequences implements AutoCloseable {
    private final List<TextGeneration> generations;
    private volatile boolean gone;

    private Sequences(List<TextGeneration> generations) {
        this.generations = generations;
    }

    /**
     * Submits all, or none: if one is refused, those before it are cancelled.
     *
     * @throws RuntimeException what {@code Engine.submit} throws
     */
    static Sequences submit(RequestPlan plan) {
        List<TextGeneration> generations = new ArrayList<>(plan.sequences().size());
        try {
            for (GenerationRequest request : plan.sequences()) {
                generations.add(TextGeneration.of(
                        plan.model().engine().submit(request),
                        plan.model().tokenizer(),
                        request,
                        plan.stopStrings(),
                        true));
            }
        } catch (RuntimeException e) {
            generations.forEach(TextGeneration::close);
            throw e;
        }
        return new Sequences(generations);
    }

    int count() {
        return generations.size();
    }

    TextGeneration get(int index) {
        return generations.get(index);
    }

    /** Nobody will read the answer. */
    void peerGone() {
        gone = true;
        close();
    }

    boolean isPeerGone() {
        return gone;
    }

    /** Cancels what still runs. */
    @Override
    public void close() {
        generations.forEach(TextGeneration::close);
    }
}
