package org.carafe.server.documents;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** The text of a file. */
public final class DocumentText {
    private final PdfText pdfs;

    /** @param pdfs reads those */
    public DocumentText(PdfText pdfs) {
        this.pdfs = pdfs;
    }

    /**
     * The text, with line breaks only and no other control characters.
     *
     * @throws ApiException {@code INPUT_TOO_LARGE} (bytes, characters, pages), {@code INVALID_VALUE} (not what it says it is, encrypted,
     *     broken, without any text)
     */
    public String of(MediaType type, byte[] file) {
        if (file.length > DocumentLimits.BYTES_MAX) {
            throw tooLarge(file.length + " bytes", DocumentLimits.BYTES_MAX + " bytes");
        }
        String text = switch (type) {
            case TEXT, MARKDOWN -> utf8(file);
            case HTML -> HtmlText.of(file);
            case PDF -> pdfs.of(file);
        };
        return checked(text);
    }

    /** As {@link #of}, of a text that came as such; a PDF cannot. */
    public String of(MediaType type, String text) {
        return switch (type) {
            case TEXT, MARKDOWN -> checked(text);
            case HTML -> checked(HtmlText.of(text));
            case PDF -> throw invalid("a PDF is sent as a file, by multipart/form-data");
        };
    }

    private static String checked(String text) {
        if (text.length() > DocumentLimits.CHARS_MAX) {
            throw tooLarge(text.length() + " characters", DocumentLimits.CHARS_MAX + " characters");
        }
        String clean = clean(text);
        if (clean.isEmpty()) {
            throw invalid("there is no text in it");
        }
        return clean;
    }

    private static String utf8(byte[] file) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid("it is not UTF-8 text");
        }
    }

    /** Control characters mean nothing in a prompt, and some databases cannot hold them. */
    private static String clean(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r') {
                if (i + 1 == text.length() || text.charAt(i + 1) != '\n') {
                    out.append('\n');
                }
            } else if (c == '\n' || c == '\t') {
                out.append(c);
            } else if (c == '\f' || c == '\u0085' || c == '\u2028' || c == '\u2029') {
                out.append('\n');
            } else if (c != '\uFEFF' && !Character.isISOControl(c)) {
                out.append(c);
            }
        }
        return out.toString().strip();
    }

    static ApiException tooLarge(String has, String limit) {
        return new ApiException(
                ErrorKind.INPUT_TOO_LARGE, "The document has " + has + "; the limit is " + limit + ".", "file");
    }

    static ApiException invalid(String why) {
        return new ApiException(ErrorKind.INVALID_VALUE, "The document cannot be read: " + why + ".", "file");
    }
}
