package org.carafe.models.tokenizer;

import java.util.Arrays;

/**
 * For decoders that have no table here: decodes a short window of ids natively, twice per token, and emits the difference once it
 * does not end in an incomplete character (the method of text-generation-inference and vLLM).
 */
final class WindowDecoder implements IncrementalDecoder {
    /** A window that long without a whole character is not text any more; it is emitted as it is. */
    private static final int WINDOW_MAX = 64;

    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private int[] ids = new int[WINDOW_MAX];
    private int size;
    private int read;

    WindowDecoder(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    @Override
    public String append(int tokenId) {
        ids[size++] = tokenId;
        String known = tokenizer.decodeNatively(ids, read, skipSpecial);
        String all = tokenizer.decodeNatively(ids, size, skipSpecial);
        boolean complete = all.length() > known.length() && !all.endsWith("\uFFFD");
        if (!complete && size < WINDOW_MAX) {
            return "";
        }
        ids = Arrays.copyOf(Arrays.copyOfRange(ids, read, size), WINDOW_MAX);
        size -= read;
        read = size;
        if (size == WINDOW_MAX) {
            size = 0;
            read = 0;
        }
        return all.substring(Math.min(known.length(), all.length()));
    }

    @Override
    public String waiting() {
        return "";
    }

    @Override
    public String finish() {
        String known = tokenizer.decodeNatively(ids, read, skipSpecial);
        String all = tokenizer.decodeNatively(ids, size, skipSpecial);
        size = 0;
        read = 0;
        return all.substring(Math.min(known.length(), all.length()));
    }
}
