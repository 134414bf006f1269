package org.carafe.server.documents;

import java.util.Locale;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** What a document may be. */
public enum MediaType {
    TEXT("text/plain"),
    MARKDOWN("text/markdown"),
    HTML("text/html"),
    PDF("application/pdf");

    private final String text;

    MediaType(String text) {
        this.text = text;
    }

    /** {@code text/plain}. */
    public String text() {
        return text;
    }

    /**
     * By the type that is given, or where that says nothing, by how the name ends; plain text where neither does.
     *
     * @throws ApiException {@code INVALID_VALUE}: none of those that are read
     */
    public static MediaType of(@Nullable String given, String name) {
        String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.isEmpty() || type.equals("application/octet-stream")) {
            return byName(name);
        }
        if (type.equals("text/x-markdown")) {
            return MARKDOWN;
        }
        if (type.equals("application/xhtml+xml")) {
            return HTML;
        }
        for (MediaType candidate : values()) {
            if (candidate.text.equals(type)) {
                return candidate;
            }
        }
        String shown = type.length() > 60 ? type.substring(0, 60) + "…" : type;
        throw new ApiException(
                ErrorKind.INVALID_VALUE,
                "Invalid 'media_type': '" + shown
                        + "' is none of text/plain, text/markdown, text/html, application/pdf.",
                "media_type");
    }

    private static MediaType byName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String ending = lower.substring(lower.lastIndexOf('.') + 1);
        return switch (ending) {
            case "md", "markdown" -> MARKDOWN;
            case "html", "htm", "xhtml" -> HTML;
            case "pdf" -> PDF;
            default -> TEXT;
        };
    }
}
