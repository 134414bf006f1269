package org.carafe.server.admin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.RouteNames;
import org.carafe.server.auth.IpRange;
import org.jspecify.annotations.Nullable;

/** Checks where a key is to be used: every entry of its lists is one that can match. */
final class Scopes {
    private static final int ENTRIES_MAX = 100;

    private Scopes() {}

    static KeyScope check(KeyKind kind, KeyScope scope) {
        return new KeyScope(
                each("models", scope.models(), model -> Check.name("a model of the list", model)),
                each("routes", scope.routes(), route -> route(kind, route)),
                origins(scope.origins()),
                each("IP ranges", scope.ipRanges(), Scopes::ipRange));
    }

    static @Nullable List<String> origins(@Nullable List<String> origins) {
        return each("origins", origins, Scopes::origin);
    }

    private static @Nullable List<String> each(String what, @Nullable List<String> list, UnaryOperator<String> check) {
        if (list == null) {
            return null;
        }
        if (list.isEmpty() || list.size() > ENTRIES_MAX) {
            throw ActException.invalid(
                    "the list of %s must have 1 to %d entries, not %d".formatted(what, ENTRIES_MAX, list.size()));
        }
        List<String> checked = new ArrayList<>();
        for (String entry : list) {
            String good = check.apply(entry);
            if (checked.contains(good)) {
                throw ActException.invalid("the list of " + what + " names " + Check.shown(good) + " twice");
            }
            checked.add(good);
        }
        return List.copyOf(checked);
    }

    /** A list with a route that is none would shut out what it was meant to let in. */
    private static String route(KeyKind kind, String route) {
        Check.name("a route", route);
        List<String> known = RouteNames.of(kind);
        if (!known.contains(route)) {
            throw ActException.invalid("there is no route %s that such a key is for; there are %s"
                    .formatted(
                            Check.shown(route),
                            kind == KeyKind.MANAGEMENT
                                    ? "/v1/documents, /metrics and the paths of /admin/v1/openapi.json"
                                    : String.join(", ", known)));
        }
        return route;
    }

    private static String origin(String origin) {
        Check.name("an origin", origin);
        try {
            URI uri = new URI(origin.toLowerCase(Locale.ROOT));
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null) {
                return uri.toString();
            }
        } catch (URISyntaxException e) {
            throw badOrigin(origin);
        }
        throw badOrigin(origin);
    }

    private static ActException badOrigin(String origin) {
        return ActException.invalid(
                "an origin must be such as https://example.com, without a path, not " + Check.shown(origin));
    }

    /** Read by what reads it at each request: what is stored can always be read there. A zone would be left out. */
    private static String ipRange(String range) {
        Check.name("an IP range", range);
        try {
            if (range.indexOf('%') < 0) {
                return IpRange.parse(range).toString();
            }
        } catch (IllegalArgumentException e) {
            throw badRange(range);
        }
        throw badRange(range);
    }

    private static ActException badRange(String range) {
        return ActException.invalid(
                "an IP range must be such as 10.0.0.0/8 or 2001:db8::/32, not " + Check.shown(range));
    }
}
