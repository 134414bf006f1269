package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.inference.engine.Requests.drain;
import static org.carafe.inference.engine.Requests.greedy;
import static org.carafe.inference.engine.Requests.tokens;

import java.util.List;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final SyntheticConfig SMALL = SyntheticConfig.of(1000);

    @Test
    void aStreamTellsThePromptThenEachTokenThenTheEnd() {
        try (Engine engine = new Engine(new SyntheticRunner(SMALL), EngineConfig.defaults())) {
            GenerationStream stream = engine.submit(greedy(3, 1, 2, 3));
            while (engine.step() > 0) {}

            List<GenerationEvent> events = drain(stream);

            assertThat(events).hasSize(5);
            assertThat(events.getFirst()).isEqualTo(new GenerationEvent.Prompt(0, List.of()));
            assertThat(tokens(events)).hasSize(3);
            assertThat(events.getLast())
                    .isEqualTo(new GenerationEvent.Finished(FinishReason.LENGTH, new Usage(3, 0, 3)));
        }
    }

    @Test
    void theEngineThreadServesWithoutBeingStepped() {
        try (Engine engine = new Engine(new SyntheticRunner(SMALL), EngineConfig.defaults())) {
            engine.start();
            List<GenerationEvent> first = drain(engine.submit(greedy(50, 1, 2, 3)));
            List<GenerationEvent> second = drain(engine.submit(greedy(50, 1, 2, 3)));

            assertThat(tokens(first)).hasSize(50).isEqualTo(tokens(second));
        }
    }
}
