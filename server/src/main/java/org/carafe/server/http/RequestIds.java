package org.carafe.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Names for requests and answers: unique, not secret. */
final class RequestIds {
    private static final int CHARS_MAX = 128;
    private static final HexFormat HEX = HexFormat.of();

    private RequestIds() {}

    /** The caller's own id where it is sane ({@code [A-Za-z0-9._-]{1,128}}: it goes into headers and logs), else a new one. */
    static String of(@Nullable String given) {
        return given != null && sane(given) ? given : fresh("req-");
    }

    /** A new name: prefix and 128 random bits. */
    static String fresh(String prefix) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return prefix + HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
    }

    private static boolean sane(String id) {
        if (id.isEmpty() || id.length() > CHARS_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
