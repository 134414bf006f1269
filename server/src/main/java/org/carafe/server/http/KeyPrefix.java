package org.carafe.server.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of a presented key may stand in a log: its kind and 8 of its 43 secret characters, as the ledger shows it. */
final class KeyPrefix {
    private static final Pattern KEY = Pattern.compile("(sk-(?:admin-|ch-)?[0-9A-Za-z]{8})[0-9A-Za-z]{35}");

    private KeyPrefix() {}

    /** Null where it has not the form of a ledger's key: of a shorter one, 8 characters may be all. */
    static @Nullable String of(String key) {
        Matcher matcher = KEY.matcher(key);
        return matcher.matches() ? matcher.group(1) : null;
    }
}
