package org.carafe.models.tokenizer;

import java.nio.charset.StandardCharsets;

/** GPT-2's alphabet of 256 printable characters that stand for bytes ({@code bytes_to_unicode} of its encoder.py). */
final class ByteAlphabet {
    private static final int[] BYTE_OF = new int[512];
    private static final char[] CHAR_OF = new char[256];

    static {
        java.util.Arrays.fill(BYTE_OF, -1);
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
            int character = printable ? value : next++;
            BYTE_OF[character] = value;
            CHAR_OF[value] = (char) character;
        }
    }

    private ByteAlphabet() {}

    /** The bytes a piece stands for; a piece with any other character stands for its own UTF-8. */
    static byte[] bytes(String piece) {
        byte[] bytes = new byte[piece.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = piece.charAt(i);
            int value = character < BYTE_OF.length ? BYTE_OF[character] : -1;
            if (value < 0) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    /** The piece that stands for a text's UTF-8. */
    static String piece(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder piece = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            piece.append(CHAR_OF[value & 0xFF]);
        }
        return piece.toString();
    }
}
