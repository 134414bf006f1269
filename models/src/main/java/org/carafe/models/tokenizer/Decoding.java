package org.carafe.models.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.jspecify.annotations.Nullable;

/** How a tokenizer.json's {@code decoder} turns ids into text. */
sealed interface Decoding {
    IncrementalDecoder decoder(Tokenizer tokenizer, Start start, boolean skipSpecial);

    /** What each id decodes to; null where only the native tokenizer knows. */
    default @Nullable DecodingTable table() {
        return null;
    }

    /** Tokens are strings of bytes. */
    record ByteLevel(DecodingTable table) implements Decoding {
        @Override
        public IncrementalDecoder decoder(Tokenizer tokenizer, Start start, boolean skipSpecial) {
            return new ByteLevelDecoder(table, skipSpecial);
        }
    }

    /** Tokens are pieces of text or single bytes. */
    record Pieces(DecodingTable table, PieceDecoder.Rules rules) implements Decoding {
        @Override
        public IncrementalDecoder decoder(Tokenizer tokenizer, Start start, boolean skipSpecial) {
            return new PieceDecoder(table, rules, start, skipSpecial);
        }
    }

    /** Only the native tokenizer knows. */
    record Native() implements Decoding {
        @Override
        public IncrementalDecoder decoder(Tokenizer tokenizer, Start start, boolean skipSpecial) {
            return new WindowDecoder(tokenizer, skipSpecial);
        }
    }

    static Decoding of(TokenizerFile file) {
        JsonNode decoder = file.decoder();
        String type = decoder == null ? "" : decoder.path("type").asText();
        return switch (type) {
            case "ByteLevel" -> new ByteLevel(byteLevelTable(file));
            case "Metaspace" -> metaspace(file, decoder);
            case "Sequence" -> sequence(file, decoder.path("decoders"));
            default -> new Native();
        };
    }

    private static Decoding metaspace(TokenizerFile file, JsonNode decoder) {
        String space = decoder.path("replacement").asText("\u2581");
        String scheme = decoder.path("prepend_scheme")
                .asText(decoder.path("add_prefix_space").asBoolean(true) ? "always" : "never");
        PieceDecoder.Rules rules = new PieceDecoder.Rules(0, !scheme.equalsIgnoreCase("never"));
        return new Pieces(pieceTable(file, space, " ", false), rules);
    }

    /** Replace, ByteFallback, Fuse, Strip in that order, each of them optional: what SentencePiece models are converted to. */
    private static Decoding sequence(TokenizerFile file, JsonNode decoders) {
        String space = "";
        String replacement = "";
        boolean bytes = false;
        int strip = 0;
        int stage = 0;
        for (JsonNode decoder : decoders) {
            int next = List.of("", "Replace", "ByteFallback", "Fuse", "Strip")
                    .indexOf(decoder.path("type").asText());
            if (next <= stage) {
                return new Native();
            }
            switch (next) {
                case 1 -> {
                    space = decoder.path("pattern").path("String").asText("");
                    replacement = decoder.path("content").asText("");
                    if (space.isEmpty()) {
                        return new Native(); // a regular expression
                    }
                }
                case 2 -> bytes = true;
                case 4 -> {
                    strip = decoder.path("start").asInt();
                    if (stage != 3
                            || !decoder.path("content").asText().equals(" ")
                            || decoder.path("stop").asInt() != 0) {
                        return new Native();
                    }
                }
                default -> {}
            }
            stage = next;
        }
        return new Pieces(pieceTable(file, space, replacement, bytes), new PieceDecoder.Rules(strip, false));
    }

    private static DecodingTable pieceTable(TokenizerFile file, String space, String replacement, boolean byteTokens) {
        int size = file.pieces().length;
        @Nullable String[] text = new String[size];
        byte @Nullable [][] bytes = new byte[size][];
        for (int id = 0; id < size; id++) {
            String piece = file.pieces()[id];
            String shown = piece == null ? "" : space.isEmpty() ? piece : piece.replace(space, replacement);
            int value = byteTokens ? byteValue(shown) : -1;
            if (value >= 0) {
                bytes[id] = new byte[] {(byte) value};
            } else {
                text[id] = shown;
            }
        }
        return new DecodingTable(text, bytes, special(file));
    }

    private static DecodingTable byteLevelTable(TokenizerFile file) {
        int size = file.pieces().length;
        @Nullable String[] text = new String[size];
        byte @Nullable [][] bytes = new byte[size][];
        Utf8Stream utf8 = new Utf8Stream();
        StringBuilder decoded = new StringBuilder();
        for (int id = 0; id < size; id++) {
            String piece = file.pieces()[id];
            byte[] raw = piece == null ? new byte[0] : ByteAlphabet.bytes(piece);
            decoded.setLength(0);
            boolean whole = true;
            for (byte value : raw) {
                whole &= utf8.accept(value, decoded);
            }
            if (whole && utf8.pending() == 0) {
                text[id] = decoded.toString();
            } else {
                bytes[id] = raw;
            }
            utf8.reset();
        }
        return new DecodingTable(text, bytes, special(file));
    }

    private static boolean[] special(TokenizerFile file) {
        boolean[] special = new boolean[file.pieces().length];
        for (AddedToken token : file.added()) {
            special[token.id()] |= token.special();
        }
        return special;
    }

    /** The byte that a token such as {@code <0x0A>} stands for; -1 for others. */
    private static int byteValue(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || !piece.endsWith(">")) {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 || piece.getBytes(StandardCharsets.UTF_8).length != 6 ? -1 : high << 4 | low;
    }
}
