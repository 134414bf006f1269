package org.carafe.server.documents;

/** Limits of documents; {@code docs/assistants.md} lists them. */
public final class DocumentLimits {
    /** Of a file as it is sent. */
    public static final int BYTES_MAX = 10 << 20;
    /** Of a document's text. */
    public static final int CHARS_MAX = 2_000_000;

    public static final int PDF_PAGES_MAX = 2_000;
    /** How long a PDF may be read. */
    public static final int PDF_MILLIS_MAX = 30_000;

    public static final int NAME_CHARS_MAX = 255;
    public static final int DOCUMENTS_MAX = 1_000;
    /** Of a passage; about 250 tokens. */
    public static final int PASSAGE_CHARS_MAX = 1_000;
    /** What a passage repeats of the one before it. */
    public static final int OVERLAP_CHARS_MAX = 150;
    /** Different words of a question that are looked for. */
    public static final int WORDS_MAX = 32;

    private DocumentLimits() {}
}
