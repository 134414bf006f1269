package org.carafe.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.carafe.server.auth.IpRange;

/**
 * {@code --trusted-proxies}: who the caller is behind them. Each proxy writes at the right end of {@code X-Forwarded-For} whom it was called
 * by; what stands left of the first address that is no proxy's was sent by that caller, who may have made it up.
 */
final class TrustedProxies {
    private static final String HEADER = "X-Forwarded-For";
    /** Proxies behind one another; more are nobody's network. */
    private static final int HOPS_MAX = 32;

    private final List<IpRange> trusted;

    TrustedProxies(List<IpRange> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    /** The caller's address; empty where a proxy told one that cannot be read: then nobody knows. */
    Optional<InetAddress> callerOf(HttpServletRequest request) {
        Optional<InetAddress> peer = IpRange.address(request.getRemoteAddr());
        if (trusted.isEmpty() || peer.isEmpty() || !isTrusted(peer.get())) {
            return peer;
        }
        return callerOf(Collections.list(request.getHeaders(HEADER)), peer.get());
    }

    private Optional<InetAddress> callerOf(List<String> lines, InetAddress peer) {
        InetAddress caller = peer;
        int hops = 0;
        for (String line : lines.reversed()) {
            int end = line.length();
            while (end >= 0) {
                int comma = line.lastIndexOf(',', end - 1);
                Optional<InetAddress> entry = ++hops > HOPS_MAX ? Optional.empty() : entry(line, comma + 1, end);
                if (entry.isEmpty() || !isTrusted(entry.get())) {
                    return entry;
                }
                caller = entry.get();
                end = comma;
            }
        }
        return Optional.of(caller);
    }

    /** Some write the port as well. */
    private static Optional<InetAddress> entry(String line, int from, int to) {
        String text = line.substring(from, to).strip();
        int bracket = text.lastIndexOf(']');
        int colon = text.lastIndexOf(':');
        boolean hasPort = bracket < 0 ? colon >= 0 && colon == text.indexOf(':') : colon == bracket + 1;
        return IpRange.address(hasPort ? text.substring(0, colon) : text);
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }
}
