package org.carafe.inference.text;

import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.tokenizer.Tokenizer;

/**
 * A token's log-probability with its text, as OpenAI reports it.
 *
 * @param token it and its log-probability
 * @param top the most probable tokens at its place, best first
 */
public record TokenLogprob(Entry token, List<Entry> top) {
    /**
     * A token.
     *
     * @param text the token decoded by itself; U+FFFD stands for a part of a character
     * @param bytes the UTF-8 it adds, which may be a part of a character
     * @param logprob natural logarithm of its probability
     */
    @SuppressWarnings("ArrayRecordComponent") // written out, never compared
    public record Entry(int tokenId, String text, byte[] bytes, float logprob) {}

    /** Names the tokens of a sampled token's log-probabilities. */
    public static TokenLogprob of(TokenLogprobs logprobs, Tokenizer tokenizer) {
        List<Entry> top = new ArrayList<>(logprobs.top().size());
        for (TokenLogprobs.Alternative alternative : logprobs.top()) {
            top.add(entry(alternative.tokenId(), alternative.logprob(), tokenizer));
        }
        return new TokenLogprob(entry(logprobs.tokenId(), logprobs.logprob(), tokenizer), top);
    }

    private static Entry entry(int tokenId, float logprob, Tokenizer tokenizer) {
        return new Entry(tokenId, tokenizer.tokenString(tokenId), tokenizer.tokenBytes(tokenId), logprob);
    }
}
