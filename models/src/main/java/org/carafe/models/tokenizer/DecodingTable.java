package org.carafe.models.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * What each id decodes to.
 *
 * @param text by id: its text; empty for ids without a token; null for tokens that are bytes of a longer UTF-8 sequence
 * @param bytes by id, where {@code text} is null: those bytes
 * @param special by id: skipped with special tokens
 */
@SuppressWarnings("ArrayRecordComponent") // shared by all decoders, never compared
record DecodingTable(@Nullable String[] text, byte @Nullable [][] bytes, boolean[] special) {
    private static final byte[] NONE = {};

    boolean knows(int id) {
        return id >= 0 && id < text.length;
    }

    byte[] bytesAt(int id) {
        byte[] known = bytes[id];
        return known == null ? NONE : known;
    }
}
