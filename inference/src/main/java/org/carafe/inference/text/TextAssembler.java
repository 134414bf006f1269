package org.carafe.inference.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.carafe.models.tokenizer.IncrementalDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Tokens in, deltas out: decodes, looks for stop strings, and holds back text that may be the beginning of one together with the
 * tokens it came from. Not thread-safe.
 */
final class TextAssembler {
    private final IncrementalDecoder decoder;
    private final TextOptions options;
    private final int heldMax;
    private @Nullable StopMatcher matcher;

    /** Decoded, not given out. */
    private final StringBuilder held = new StringBuilder();

    private final List<HeldLogprob> heldLogprobs = new ArrayList<>();
    private int[] heldIds = new int[8];
    private int heldIdCount;

    private int tokens;
    private long givenOut;
    private @Nullable String stopString;
    private OptionalInt stopTokenId = OptionalInt.empty();

    /** A log-probability waits until the text that its token began at {@code start} is given out. */
    private record HeldLogprob(long start, TokenLogprob logprob) {}

    TextAssembler(IncrementalDecoder decoder, TextOptions options) {
        this.decoder = decoder;
        this.options = options;
        this.heldMax = TextGeneration.logprobsHeldMax(options.stopStrings());
        this.matcher = options.stopStrings().isEmpty() ? null : new StopMatcher(options.stopStrings());
    }

    /** Tokens read, up to and with the one that completed a stop string. */
    int tokens() {
        return tokens;
    }

    /** The stop string that was found. */
    @Nullable
    String stopString() {
        return stopString;
    }

    /** The last token, where it is a stop id. */
    OptionalInt stopTokenId() {
        return stopTokenId;
    }

    /** The next token; true where it completed a stop string: then everything was given out. */
    boolean add(int tokenId, @Nullable TokenLogprob logprob, List<TextEvent> target) {
        tokens++;
        if (!options.stopTokenIds().isEmpty() && options.stopTokenIds().contains(tokenId)) {
            stopTokenId = OptionalInt.of(tokenId);
            holdId(tokenId);
            return false;
        }
        if (heldLogprobs.size() == heldMax) {
            // So many tokens without text: no stop string reaches over them.
            matcher = matcher == null ? null : new StopMatcher(options.stopStrings());
            giveOutLast(Long.MAX_VALUE, target);
        }
        String text = decoder.append(tokenId);
        if (matcher == null && logprob == null && heldIdCount == 0) {
            if (text.isEmpty()) {
                holdId(tokenId);
            } else {
                target.add(new TextEvent.Delta(text, TokenIds.of(tokenId), List.of()));
            }
            return false;
        }
        holdId(tokenId);
        if (logprob != null) {
            heldLogprobs.add(new HeldLogprob(givenOut + held.length(), logprob));
        }
        if (matcher == null) {
            held.append(text);
            giveOut(held.length(), target);
            return false;
        }
        return match(matcher, text, target);
    }

    private boolean match(StopMatcher stops, String text, List<TextEvent> target) {
        int before = held.length();
        held.append(text);
        if (tokens <= options.minTokens()) {
            stops.pass(text);
        } else if (stops.find(text)) {
            stop(stops, before, target);
            return true;
        } else {
            // Text that only waits for the end of a run of bytes is as good as there: a line feed is such a byte in
            // Llama 2.
            String waiting = decoder.waiting();
            if (!waiting.isEmpty()) {
                StopMatcher ahead = stops.copy();
                if (ahead.find(waiting)) {
                    int start = held.length();
                    held.append(waiting);
                    stop(ahead, start, target);
                    return true;
                }
            }
        }
        giveOut(held.length() - stops.undecided(), target);
        return false;
    }

    /** No more tokens come; true where what was left completed a stop string. */
    boolean finish(List<TextEvent> target) {
        String rest = decoder.finish();
        int before = held.length();
        held.append(rest);
        if (matcher != null && tokens > options.minTokens() && matcher.find(rest)) {
            stop(matcher, before, target);
            return true;
        }
        giveOutLast(Long.MAX_VALUE, target);
        return false;
    }

    private void stop(StopMatcher stops, int textStart, List<TextEvent> target) {
        String found = stops.hit();
        assert found != null : "it was found";
        stopString = found;
        held.setLength(textStart + stops.hitEnd() - found.length());
        giveOutLast(givenOut + held.length(), target);
    }

    private void giveOut(int length, List<TextEvent> target) {
        if (length > 0) {
            target.add(new TextEvent.Delta(held.substring(0, length), takeIds(), takeLogprobs(givenOut + length)));
            held.delete(0, length);
            givenOut += length;
        }
    }

    private void giveOutLast(long logprobsEnd, List<TextEvent> target) {
        List<TokenLogprob> logprobs = takeLogprobs(logprobsEnd);
        heldLogprobs.clear(); // what is left belongs to the stop string
        if (!held.isEmpty() || heldIdCount > 0) {
            target.add(new TextEvent.Delta(held.toString(), takeIds(), logprobs));
            givenOut += held.length();
            held.setLength(0);
        }
    }

    private void holdId(int tokenId) {
        if (heldIdCount == heldIds.length) {
            heldIds = Arrays.copyOf(heldIds, heldIdCount * 2);
        }
        heldIds[heldIdCount++] = tokenId;
    }

    private TokenIds takeIds() {
        TokenIds ids = TokenIds.of(heldIds, heldIdCount);
        heldIdCount = 0;
        return ids;
    }

    private List<TokenLogprob> takeLogprobs(long end) {
        if (heldLogprobs.isEmpty()) {
            return List.of();
        }
        List<TokenLogprob> taken = new ArrayList<>();
        int count = 0;
        while (count < heldLogprobs.size() && heldLogprobs.get(count).start() < end) {
            taken.add(heldLogprobs.get(count++).logprob());
        }
        heldLogprobs.subList(0, count).clear();
        return taken;
    }
}
