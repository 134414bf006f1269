package org.carafe.inference.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.sampling.SamplingParams;

/** Short ways to say what tests ask for. */
final class Requests {
    private Requests() {}

    static GenerationRequest greedy(int maxTokens, int... prompt) {
        return of("account", SamplingParams.greedy(), maxTokens, prompt);
    }

    static GenerationRequest of(String account, SamplingParams sampling, int maxTokens, int... prompt) {
        return new GenerationRequest(
                "request", account, IntList.of(prompt), sampling, maxTokens, Set.of(), 0, null, -1);
    }

    /** Takes all events of a stream that has ended or will. */
    static List<GenerationEvent> drain(GenerationStream stream) {
        List<GenerationEvent> events = new ArrayList<>();
        try {
            while (stream.take(events)) {}
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return events;
    }

    static List<Integer> tokens(List<GenerationEvent> events) {
        List<Integer> tokens = new ArrayList<>();
        for (GenerationEvent event : events) {
            if (event instanceof GenerationEvent.Token(var sampled)) {
                tokens.add(sampled.tokenId());
            }
        }
        return tokens;
    }
}
