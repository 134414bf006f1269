package org.carafe.inference.text;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.carafe.inference.IntView;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.engine.GenerationStream;
import org.carafe.inference.engine.Usage;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.carafe.models.tokenizer.Tokenizer;

/**
 * The text of one generation, streamed or not: who wants it whole joins the deltas. One thread reads; any thread may cancel.
 *
 * <p>Which text and how many tokens there are depends on the tokens alone, never on how they were batched: tokens that the engine
 * made beyond the one that completed a stop string are as if they had never been.
 */
public final class TextGeneration implements AutoCloseable {
    private static final int TEXTLESS_HELD_MAX = 256;
    private static final int CHARACTER_TOKENS_MAX = 4;

    private final GenerationStream stream;
    private final Tokenizer tokenizer;
    private final TextOptions options;
    private final TextAssembler assembler;
    private final List<GenerationEvent> batch = new ArrayList<>();
    private int cachedTokens;
    private boolean ended;

    public TextGeneration(GenerationStream stream, Tokenizer tokenizer, TextOptions options) {
        this.stream = stream;
        this.tokenizer = tokenizer;
        this.options = options;
        this.assembler = new TextAssembler(tokenizer.decoder(options.start(), options.skipSpecial()), options);
    }

    /**
     * The text of a request's generation.
     *
     * @param request what {@code stream} answers; its stop ids, minimum and prompt are taken from it
     * @param stopStrings see {@link TextOptions#stopStrings()}
     * @param skipSpecial special tokens have no text
     */
    public static TextGeneration of(
            GenerationStream stream,
            Tokenizer tokenizer,
            GenerationRequest request,
            List<String> stopStrings,
            boolean skipSpecial) {
        return new TextGeneration(
                stream,
                tokenizer,
                new TextOptions(
                        request.prompt().size(),
                        startAfter(request.prompt(), tokenizer),
                        skipSpecial,
                        stopStrings,
                        request.stopTokenIds(),
                        request.sampling().minTokens()));
    }

    private static Start startAfter(IntView prompt, Tokenizer tokenizer) {
        for (int i = prompt.size() - 1; i >= 0; i--) {
            if (!tokenizer.isSpecial(prompt.get(i))) {
                return Start.CONTINUATION;
            }
        }
        return Start.TEXT;
    }

    /**
     * Most tokens whose log-probabilities are held back: those of text that may begin a stop string, a byte each, and some that have no
     * text, such as special ones, which could go on for ever.
     */
    public static int logprobsHeldMax(List<String> stopStrings) {
        int longest = stopStrings.stream().mapToInt(String::length).max().orElse(0);
        return TEXTLESS_HELD_MAX + CHARACTER_TOKENS_MAX * longest;
    }

    /**
     * Waits until there is something to tell and adds all of it to {@code target}: one delta for each token that made text readable.
     *
     * @return false once the last event had been taken before
     */
    public boolean take(List<TextEvent> target) throws InterruptedException {
        int before = target.size();
        while (!ended && target.size() == before) {
            batch.clear();
            if (!stream.take(batch)) {
                ended = true;
            }
            for (int i = 0; i < batch.size() && !ended; i++) {
                on(batch.get(i), target);
            }
        }
        return target.size() > before;
    }

    /** Asks the engine to stop; the text still ends with {@code End(CANCELLED)} unless it had ended. */
    public void cancel() {
        stream.cancel();
    }

    @Override
    public void close() {
        stream.close();
    }

    private void on(GenerationEvent event, List<TextEvent> target) {
        switch (event) {
            case GenerationEvent.Prompt prompt -> {
                cachedTokens = prompt.cachedTokens();
                target.add(new TextEvent.Prompt(cachedTokens, named(prompt.logprobs())));
            }
            case GenerationEvent.Token(SampledToken token) -> {
                TokenLogprobs logprobs = token.logprobs();
                boolean stopped = assembler.add(
                        token.tokenId(), logprobs == null ? null : TokenLogprob.of(logprobs, tokenizer), target);
                if (stopped) {
                    stream.cancel();
                    end(FinishReason.STOP, usage(), target);
                }
            }
            case GenerationEvent.Finished(FinishReason reason, Usage usage) -> {
                boolean stopped = assembler.finish(target);
                end(stopped ? FinishReason.STOP : reason, usage, target);
            }
            case GenerationEvent.Failed failed -> {
                assembler.finish(target);
                ended = true;
                target.add(new TextEvent.Failed(failed.failure(), failed.message(), failed.usage()));
            }
        }
    }

    private void end(FinishReason reason, Usage usage, List<TextEvent> target) {
        ended = true;
        boolean byId = reason == FinishReason.STOP && assembler.stopString() == null;
        OptionalInt stopTokenId = byId ? assembler.stopTokenId() : OptionalInt.empty();
        target.add(new TextEvent.End(reason, usage, assembler.stopString(), stopTokenId));
    }

    private Usage usage() {
        return new Usage(options.promptTokens(), cachedTokens, assembler.tokens());
    }

    private List<TokenLogprob> named(List<TokenLogprobs> logprobs) {
        if (logprobs.isEmpty()) {
            return List.of();
        }
        List<TokenLogprob> named = new ArrayList<>(logprobs.size());
        logprobs.forEach(one -> named.add(TokenLogprob.of(one, tokenizer)));
        return named;
    }
}
