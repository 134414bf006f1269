package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.IntList;
import org.carafe.inference.text.TextEvent;
import org.carafe.inference.text.TokenLogprob;
import org.carafe.server.openai.Answer;
import org.junit.jupiter.api.Test;

/** The ranking of {@code best_of}. */
final class BestOfTest {
    private static Answer answer(float... logprobs) {
        Answer answer = new Answer(true);
        for (float logprob : logprobs) {
            TokenLogprob.Entry entry = new TokenLogprob.Entry(5, "a", new byte[] {'a'}, logprob);
            answer.delta(
                    new TextEvent.Delta("a", IntList.of(new int[] {5}), List.of(new TokenLogprob(entry, List.of()))));
        }
        return answer;
    }

    @Test
    void theHighestMeansOfEachPromptAreChosenBestFirst() {
        Answer long1 = answer(-1, -1, -1, -1); // the least sum, the second mean
        Answer poor = answer(-3);
        Answer best = answer(-0.5f, -0.7f);
        Answer middling = answer(-1.5f);
        Answer none = answer();
        Answer other = answer(-9);
        List<Answer> first = List.of(poor, long1, best);
        List<Answer> second = List.of(none, other, middling);
        List<Answer> all = new ArrayList<>(first);
        all.addAll(second);

        assertThat(BestOf.choose(all, 3, 2)).containsExactly(best, long1, middling, other);
        assertThat(BestOf.choose(all, 3, 1)).containsExactly(best, middling);
    }

    @Test
    void allOfThemStayInTheirOrder() {
        List<Answer> all = List.of(answer(-3), answer(-1), answer(-2));
        assertThat(BestOf.choose(all, 3, 3)).isEqualTo(all);
    }
}
