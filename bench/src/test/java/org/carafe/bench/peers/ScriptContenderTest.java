package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.carafe.bench.peers.Contender.Maker;
import org.junit.jupiter.api.Test;

/** Answers of scripts, good and bad. */
final class ScriptContenderTest {
    private static Map<Figure, Double> measure(String script) throws IOException, InterruptedException {
        return new ScriptContender(
                        "peer",
                        Maker.LLAMA_CPP,
                        1,
                        Map.of(Part.SINGLE, List.of("bash", "-c", script)),
                        Map.of(),
                        Map.of(Figure.PREFILL, "prefill", Figure.DECODE, "decode"))
                .measure(Part.SINGLE, Duration.ofSeconds(60));
    }

    @Test
    void figuresAreTheMediansOfTheAnswer() throws Exception {
        assertThat(measure("echo '{\"prefill\": {\"median\": 78.5, \"n\": 1}, \"decode\": {\"median\": 15.25}}'"))
                .isEqualTo(Map.of(Figure.PREFILL, 78.5, Figure.DECODE, 15.25));
    }

    @Test
    void anAnswerThatIsNoJsonIsQuoted() {
        assertThatThrownBy(() -> measure("echo Segmentation fault"))
                .hasMessage("its last line is no JSON: Segmentation fault");
    }

    @Test
    void aFigureThatIsMissingOrNoRateIsNamed() {
        assertThatThrownBy(() -> measure("echo '{\"prefill\": {\"median\": 78.5}}'"))
                .hasMessageStartingWith("there is no decode in its answer: {");
        assertThatThrownBy(() -> measure("echo '{\"prefill\": {\"median\": 0}, \"decode\": {\"median\": 1}}'"))
                .hasMessageStartingWith("there is no prefill in its answer: {");
    }

    @Test
    void aLongAnswerIsNotRepeatedWhole() {
        assertThatThrownBy(() -> measure("head -c 60000 /dev/zero | tr '\\0' x"))
                .message()
                .hasSizeLessThan(300);
    }
}
