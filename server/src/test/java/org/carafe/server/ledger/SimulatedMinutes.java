package org.carafe.server.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits of a minute as a plain model: windows of a minute each, from when a name is first seen until it was idle for two. */
final class SimulatedMinutes {
    private static final long MINUTE = 60_000;
    private static final long LATE_MILLIS = 100;

    private final Map<String, Window> windows = new HashMap<>();
    private long sweptMillis;

    static final class Window {
        final long limit;
        final long startMillis;
        long index;
        long used;
        long touchedMillis;

        Window(long limit, long now) {
            this.limit = limit;
            this.startMillis = now;
        }

        long remaining() {
            return limit - used;
        }

        long endMillis() {
            return startMillis + (index + 1) * MINUTE;
        }
    }

    /** What was taken of one window. */
    record Part(Window window, long index, long amount, boolean tokens) {}

    SimulatedMinutes(long nowMillis) {
        sweptMillis = nowMillis;
    }

    Window window(String name, long limit, long now) {
        if (now - sweptMillis >= MINUTE) {
            sweptMillis = now;
            windows.values().removeIf(window -> now - window.touchedMillis > 2 * MINUTE);
        }
        Window window = windows.computeIfAbsent(name, key -> new Window(limit, now));
        window.touchedMillis = now;
        long index = Math.floorDiv(now - window.startMillis, MINUTE);
        if (index > window.index) {
            window.index = index;
            window.used = 0;
        }
        return window;
    }

    private record Asked(String name, long limit, long amount, boolean tokens) {}

    private static List<Asked> asked(
            String key, long rpm, long tpm, String account, @Nullable Long accountTpm, long tokens) {
        List<Asked> asked = new ArrayList<>();
        asked.add(new Asked(key + ":r", rpm, 1, false));
        asked.add(new Asked(key + ":t", tpm, tokens, true));
        if (accountTpm != null) {
            asked.add(new Asked(account + ":t", accountTpm, tokens, true));
        }
        return asked;
    }

    long tokensLeft(String key, long tpm, String account, @Nullable Long accountTpm, long now) {
        long left = window(key + ":t", tpm, now).remaining();
        return accountTpm == null
                ? left
                : Math.min(left, window(account + ":t", accountTpm, now).remaining());
    }

    /** Null: refused, and what was taken is given back. */
    @Nullable
    List<Part> take(String key, long rpm, long tpm, String account, @Nullable Long accountTpm, long tokens, long now) {
        List<Asked> all = asked(key, rpm, tpm, account, accountTpm, tokens);
        List<Part> parts = new ArrayList<>();
        for (Asked one : all) {
            Window window = window(one.name(), one.limit(), now);
            if (window.remaining() < one.amount()) {
                giveBack(parts, now);
                // The others are looked at, too: a look begins a window.
                all.forEach(other -> window(other.name(), other.limit(), now));
                return null;
            }
            window.used += one.amount();
            parts.add(new Part(window, window.index, one.amount(), one.tokens()));
        }
        return parts;
    }

    void settle(List<Part> parts, long tokensUsed, long now) {
        for (Part part : parts) {
            if (part.tokens()) {
                giveBack(part, part.amount() - tokensUsed, now);
            }
        }
    }

    void giveBack(List<Part> parts, long now) {
        parts.forEach(part -> giveBack(part, part.amount(), now));
    }

    private static void giveBack(Part part, long amount, long now) {
        long end = part.window().startMillis + (part.index() + 1) * MINUTE;
        if (amount > 0 && now + LATE_MILLIS < end) {
            part.window().used -= amount;
        }
    }

    /** The headers that a response has. */
    Map<String, String> headers(String key, long rpm, long tpm, String account, @Nullable Long accountTpm, long now) {
        Map<String, String> headers = new HashMap<>();
        put(headers, "Requests", window(key + ":r", rpm, now), now);
        Window tokens = window(key + ":t", tpm, now);
        if (accountTpm != null) {
            Window other = window(account + ":t", accountTpm, now);
            if (other.remaining() < tokens.remaining()
                    || (other.remaining() == tokens.remaining() && other.limit < tokens.limit)) {
                tokens = other;
            }
        }
        put(headers, "Tokens", tokens, now);
        return headers;
    }

    private static void put(Map<String, String> headers, String suffix, Window window, long now) {
        headers.put("X-RateLimit-Limit-" + suffix, Long.toString(window.limit));
        headers.put("X-RateLimit-Remaining-" + suffix, Long.toString(window.remaining()));
        if (window.used > 0) {
            long seconds = Math.ceilDiv(window.endMillis() - now, 1_000L);
            headers.put("X-RateLimit-Reset-" + suffix, seconds < 60 ? seconds + "s" : "1m0s");
        } else {
            headers.put("X-RateLimit-Reset-" + suffix, "0s");
        }
    }
}
