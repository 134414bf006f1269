package org.carafe.models.tokenizer;

/**
 * Tokens are pieces of text or, where a character has no piece, single bytes (Llama 2, Mistral, Gemma).
 *
 * <p>Hugging Face's ByteFallback looks at a whole run of byte tokens: if it is not valid UTF-8 as a whole, every byte of it becomes
 * U+FFFD, the valid characters too. So a run is held until it ends, but {@value #HELD_BYTES_MAX} bytes at most: a script without
 * pieces is not kept from the reader for longer, at the price that valid characters before that stay when the run breaks later.
 */
final class PieceDecoder implements IncrementalDecoder {
    static final int HELD_BYTES_MAX = 32;

    private final DecodingTable table;
    private final Rules rules;
    private final Start start;
    private final boolean skipSpecial;
    private final Utf8Stream utf8 = new Utf8Stream();
    private final StringBuilder run = new StringBuilder();
    private int runBytes;
    private boolean broken;
    private boolean first;
    private int strip;

    /**
     * How text begins.
     *
     * @param strip leading spaces dropped from the text (decoder {@code Strip}, {@code start})
     * @param spaceless text of an id as the first of all, by id, where it differs (decoder {@code Metaspace} drops all its spaces)
     */
    record Rules(int strip, boolean spaceless) {}

    PieceDecoder(DecodingTable table, Rules rules, Start start, boolean skipSpecial) {
        this.table = table;
        this.rules = rules;
        this.start = start;
        this.skipSpecial = skipSpecial;
        restart();
    }

    @Override
    public String append(int tokenId) {
        if (!table.knows(tokenId) || (skipSpecial && table.special()[tokenId])) {
            return "";
        }
        String text = table.text()[tokenId];
        if (text == null) {
            first = false;
            String decoded = appendByte(table.bytesAt(tokenId)[0]);
            return strip == 0 ? decoded : stripped(decoded);
        }
        if (runBytes > 0 || broken) {
            text = endRun() + text;
        }
        return first || strip > 0 ? stripped(text) : text;
    }

    @Override
    public String waiting() {
        if (run.isEmpty()) {
            return "";
        }
        String text = run.toString();
        return text.substring(leadingSpaces(text));
    }

    @Override
    public String finish() {
        String rest = stripped(endRun());
        restart();
        return rest;
    }

    private void restart() {
        first = start == Start.TEXT && rules.spaceless();
        strip = start == Start.TEXT ? rules.strip() : 0;
    }

    private String stripped(String text) {
        if (first && !text.isEmpty()) {
            first = false;
            return text.replace(" ", "");
        }
        int from = leadingSpaces(text);
        strip = from == text.length() ? strip - from : 0;
        return text.substring(from);
    }

    /** How many of the spaces that are to be stripped a text begins with. */
    private int leadingSpaces(String text) {
        int count = 0;
        while (count < strip && count < text.length() && text.charAt(count) == ' ') {
            count++;
        }
        return count;
    }

    private String appendByte(byte value) {
        if (broken) {
            return "\uFFFD";
        }
        runBytes++;
        if (!utf8.accept(value, run)) {
            broken = true;
            String replaced = "\uFFFD".repeat(runBytes);
            run.setLength(0);
            runBytes = 0;
            return replaced;
        }
        if (runBytes >= HELD_BYTES_MAX && !run.isEmpty()) {
            String decoded = run.toString();
            run.setLength(0);
            runBytes = utf8.pending();
            return decoded;
        }
        return "";
    }

    private String endRun() {
        String decoded = utf8.pending() > 0 ? "\uFFFD".repeat(runBytes) : run.toString();
        utf8.reset();
        run.setLength(0);
        runBytes = 0;
        broken = false;
        return decoded;
    }
}
