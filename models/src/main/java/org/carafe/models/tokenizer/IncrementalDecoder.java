package org.carafe.models.tokenizer;

/**
 * Ids in, text out, for one generation. Never emits half a UTF-8 sequence; what it emitted, joined, is what Hugging Face's decoder
 * makes of all ids at once. Not thread-safe; made by {@link Tokenizer#decoder}.
 */
public sealed interface IncrementalDecoder permits ByteLevelDecoder, PieceDecoder, WindowDecoder {
    /** The text that this id completes; empty while a character is incomplete, for skipped special tokens and for unknown ids. */
    String append(int tokenId);

    /**
     * Text that is whole but may still turn into U+FFFD, depending on the next ids; {@link #finish} would give it out. The decoder
     * stays as it is.
     */
    String waiting();

    /** What is left at the end: U+FFFD for each incomplete sequence. The decoder then starts anew. */
    String finish();

    /** Where the text begins that a decoder continues. */
    enum Start {
        /** At the first token: SentencePiece's leading space is dropped, as when a whole text is decoded. */
        TEXT,
        /** After a prompt that has text: the leading space of the first token is a space. */
        CONTINUATION
    }
}
