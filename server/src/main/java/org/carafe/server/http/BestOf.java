package org.carafe.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.carafe.server.openai.Answer;

/** {@code best_of}: of each prompt's sequences, the {@code n} with the highest mean log-probability, best first. */
final class BestOf {
    private BestOf() {}

    static List<Answer> choose(List<Answer> answers, int sequencesPerPrompt, int n) {
        if (sequencesPerPrompt == n) {
            return answers;
        }
        List<Answer> chosen = new ArrayList<>();
        for (int first = 0; first < answers.size(); first += sequencesPerPrompt) {
            answers.subList(first, first + sequencesPerPrompt).stream()
                    .sorted(Comparator.comparingDouble(Answer::meanLogprob).reversed())
                    .limit(n)
                    .forEach(chosen::add);
        }
        return chosen;
    }
}
