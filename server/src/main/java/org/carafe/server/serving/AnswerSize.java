package org.carafe.server.serving;

import java.util.List;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.text.TextGeneration;
import org.carafe.inference.text.TokenLogprob;
import org.carafe.server.config.ByteSize;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.SamplingFields;

/**
 * What the answers of one request may take in memory: sequences x tokens x (alternatives + 1) log-probabilities, which the fields'
 * own limits leave room for gigabytes of. Estimates on the safe side, objects and their JSON together. A stream keeps what its reader
 * may fall behind, and what waits for text.
 */
public final class AnswerSize {
    /** An id, its text, both as JSON. */
    static final int TOKEN_BYTES = 16;

    /** A token's text, bytes and figure, as objects and as JSON. */
    static final int LOGPROB_BYTES = 256;

    private static final int ECHOED_CHAR_BYTES = 3;

    private final long promptBytes;
    private final long sequences;
    private final long tokenBytes;
    private final long scoredBytes;
    private final boolean scored;
    private final boolean stream;
    private final int streamTokensMax;

    /**
     * Of a request.
     *
     * @param sequencesPerPrompt that are generated; {@code n} of them are answered
     * @param logprobs alternatives of each generated token, -1: none
     * @param promptLogprobs alternatives of each token of an echoed prompt, -1: none
     */
    AnswerSize(
            List<PromptTokens> prompts,
            SamplingFields fields,
            int sequencesPerPrompt,
            boolean echo,
            int logprobs,
            int promptLogprobs) {
        long perChoice = 0;
        long promptTokens = 0;
        for (PromptTokens prompt : prompts) {
            perChoice += echo ? (long) ECHOED_CHAR_BYTES * prompt.text().length() : 0;
            perChoice += fields.returnTokenIds() || promptLogprobs >= 0 ? (long) TOKEN_BYTES * prompt.ids().length : 0;
            perChoice += (long) LOGPROB_BYTES * (promptLogprobs + 1) * prompt.ids().length;
            promptTokens += prompt.ids().length;
        }
        promptBytes = perChoice * fields.n();
        sequences = (long) prompts.size() * sequencesPerPrompt;
        tokenBytes = TOKEN_BYTES + (long) LOGPROB_BYTES * (logprobs + 1);
        stream = fields.stream();
        scored = logprobs >= 0 || promptLogprobs >= 0;
        scoredBytes = promptTokens * LOGPROB_BYTES * (promptLogprobs + 1);
        streamTokensMax = EngineConfig.defaults().streamTokensMax(logprobs)
                + (logprobs < 0 ? 0 : TextGeneration.logprobsHeldMax(fields.stop()));
    }

    /** With answers of so many tokens. */
    long bytes(int tokens) {
        return promptBytes + sequences * tokenBytes * (stream ? Math.min(tokens, streamTokensMax) : tokens);
    }

    /**
     * What is set aside for log-probabilities before anything runs: all that a stream may have on its way, else the prompts', which the
     * engine collects. The others of a whole answer are counted as they come.
     */
    long reservedBytes(int tokens) {
        return scored && stream ? bytes(tokens) : scoredBytes;
    }

    /** As many tokens as fit, {@code tokens} at most; 0 where not even one does. */
    int tokensWithin(long bytesMax, int tokens) {
        if (bytes(tokens) <= bytesMax) {
            return tokens;
        }
        return (int) Math.max(0, (bytesMax - promptBytes) / (sequences * tokenBytes));
    }

    /** Refuses. */
    ApiException tooLarge(int tokens, long bytesMax, String param) {
        return new ApiException(
                ErrorKind.INVALID_VALUE,
                "Too large an answer: " + sequences + (sequences == 1 ? " sequence" : " sequences") + " of up to "
                        + tokens
                        + " tokens may take " + new ByteSize(bytes(tokens)) + " (" + new ByteSize(tokenBytes)
                        + " a token" + (promptBytes == 0 ? "" : ", " + new ByteSize(promptBytes) + " of prompts")
                        + "); the limit of a request is " + new ByteSize(bytesMax)
                        + ". Ask for fewer sequences, tokens or log-probabilities.",
                param);
    }

    /** What log-probabilities that came take until the answer is written. */
    public static long bytes(List<TokenLogprob> logprobs) {
        return logprobs.isEmpty()
                ? 0
                : (long) LOGPROB_BYTES
                        * logprobs.size()
                        * (logprobs.getFirst().top().size() + 1);
    }
}
