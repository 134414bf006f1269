package org.carafe.models.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.SpecialTokenScanner.Match;

/**
 * Hugging Face's native tokenizer through DJL's binding: text to ids and back, nothing else. Thread-safe; freed when unreachable.
 *
 * <p>It calls the binding's JNI methods itself: {@code HuggingFaceTokenizer.encode} copies seven arrays and a string per token where
 * only ids are wanted, truncates at 512 ids by default, and its factory methods contact a host on the internet.
 */
final class NativeTokenizer {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final TokenizersLibrary LIBRARY = load();

    private final long handle;

    NativeTokenizer(String tokenizerJson) {
        try {
            handle = LIBRARY.createTokenizerFromString(tokenizerJson);
        } catch (RuntimeException e) {
            throw new CheckpointException("tokenizer.json cannot be used: " + firstLine(e.getMessage()), e);
        }
        CLEANER.register(this, new Free(handle));
        // A tokenizer.json may hold the truncation and padding it was trained with; prompts are never cut or filled.
        LIBRARY.disableTruncation(handle);
        LIBRARY.disablePadding(handle);
    }

    /** Ids of a well-formed text (no lone surrogates); nothing is put before or after it. */
    int[] encode(String text) {
        try {
            long encoding = LIBRARY.encode(handle, text, false);
            try {
                return toInts(LIBRARY.getTokenIds(encoding));
            } finally {
                LIBRARY.deleteEncoding(encoding);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** As {@link #encode}, with the place of each token in the text. */
    Spans encodeWithSpans(String text) {
        try {
            long encoding = LIBRARY.encode(handle, text, false);
            try {
                return new Spans(toInts(LIBRARY.getTokenIds(encoding)), LIBRARY.getTokenCharSpans(encoding));
            } finally {
                LIBRARY.deleteEncoding(encoding);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Text of ids as Hugging Face's decoder joins it; ids it does not know have none. */
    String decode(int[] ids, int length, boolean skipSpecialTokens) {
        long[] longs = new long[length];
        for (int i = 0; i < length; i++) {
            longs[i] = ids[i];
        }
        try {
            return LIBRARY.decode(handle, longs, skipSpecialTokens);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Ids, and for each the code points of the text it covers. */
    @SuppressWarnings("ArrayRecordComponent") // read once by the caller, never compared
    record Spans(int[] ids, CharSpan[] spans) {
        /** Those of the matches whose stand-in in the encoded text became its token. */
        List<Match> found(String text, List<Match> matches) {
            List<Match> found = new ArrayList<>();
            int next = 0;
            int at = 0;
            int copied = 0;
            for (Match match : matches) {
                int start = at + text.codePointCount(copied, match.start());
                String standIn = String.valueOf(match.token().standIn());
                at = start + standIn.length();
                copied = match.start() + match.token().content().length();
                while (next < ids.length && (spans[next] == null || spans[next].getEnd() <= start)) {
                    next++;
                }
                if (next < ids.length && ids[next] == match.token().id()) {
                    found.add(match);
                }
            }
            return found;
        }
    }

    private static int[] toInts(long[] longs) {
        int[] ints = new int[longs.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) longs[i];
        }
        return ints;
    }

    private static TokenizersLibrary load() {
        // On a host with a GPU the binding looks for a CUDA build of the tokenizer on the internet; the jar holds the
        // one it needs.
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
        LibUtils.checkStatus();
        return TokenizersLibrary.LIB;
    }

    static String firstLine(String message) {
        String text = String.valueOf(message).strip();
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private record Free(long handle) implements Runnable {
        @Override
        public void run() {
            LIBRARY.deleteTokenizer(handle);
        }
    }
}
