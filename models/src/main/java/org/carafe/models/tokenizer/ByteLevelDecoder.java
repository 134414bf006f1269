package org.carafe.models.tokenizer;

/** Tokens are byte strings (GPT-2, Llama 3): UTF-8 decoded over all of them, ill-formed parts replaced by U+FFFD. */
final class ByteLevelDecoder implements IncrementalDecoder {
    private final DecodingTable table;
    private final boolean skipSpecial;
    private final Utf8Stream utf8 = new Utf8Stream();
    private final StringBuilder out = new StringBuilder();

    ByteLevelDecoder(DecodingTable table, boolean skipSpecial) {
        this.table = table;
        this.skipSpecial = skipSpecial;
    }

    @Override
    public String append(int tokenId) {
        if (!table.knows(tokenId) || (skipSpecial && table.special()[tokenId])) {
            return "";
        }
        String text = table.text()[tokenId];
        if (text != null) {
            // Whole characters: only an incomplete one before them can change what is seen.
            return utf8.pending() == 0 || text.isEmpty() ? text : finish() + text;
        }
        for (byte value : table.bytesAt(tokenId)) {
            utf8.acceptLossy(value, out);
        }
        return take();
    }

    @Override
    public String waiting() {
        return "";
    }

    @Override
    public String finish() {
        utf8.finishLossy(out);
        return take();
    }

    private String take() {
        if (out.isEmpty()) {
            return "";
        }
        String taken = out.toString();
        out.setLength(0);
        return taken;
    }
}
