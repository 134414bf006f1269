package org.carafe.server.auth;

import java.net.InetAddress;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.RouteNames;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** Whether a key may be used for this route, from this origin, from this address. */
public final class Scopes {
    private Scopes() {}

    /**
     * Checks a caller.
     *
     * @param needed what the route is for
     * @param route as a key's list of routes calls it
     * @param origin the {@code Origin} header; only browsers send one
     * @param address of the caller; null: nobody knows
     * @throws ApiException {@code KEY_NOT_FOR_THIS}, {@code ROUTE_NOT_ALLOWED}, {@code ORIGIN_NOT_ALLOWED}, {@code ADDRESS_NOT_ALLOWED}
     */
    public static void check(
            Principal caller, KeyKind needed, String route, @Nullable String origin, @Nullable InetAddress address) {
        KeyGrant grant = caller.grant();
        if (grant == null) {
            if (needed != KeyKind.INFERENCE) {
                throw new ApiException(
                        ErrorKind.INVALID_API_KEY, "This route needs a " + name(needed) + " key of the ledger.");
            }
            return;
        }
        if (grant.kind() != needed) {
            throw new ApiException(
                    ErrorKind.KEY_NOT_FOR_THIS,
                    "This is " + article(grant.kind()) + " key; " + route + " needs " + article(needed) + " key.");
        }
        boolean called = grant.routes() == null
                ? RouteNames.isOpenToAll(grant.kind(), route)
                : grant.routes().contains(route);
        if (!called) {
            throw new ApiException(
                    ErrorKind.ROUTE_NOT_ALLOWED,
                    "This key may not call " + route + ": " + route + " is missing from its list of routes"
                            + (grant.routes() == null ? ", and it is open only to keys whose list names it." : "."));
        }
        if (grant.origins() != null && origin != null && !grant.origins().contains(origin)) {
            throw new ApiException(
                    ErrorKind.ORIGIN_NOT_ALLOWED, "This key may not be used from the origin '" + shown(origin) + "'.");
        }
        if (grant.ipRanges() != null
                && (address == null
                        || grant.ipRanges().stream()
                                .noneMatch(range -> IpRange.parse(range).contains(address)))) {
            throw new ApiException(
                    ErrorKind.ADDRESS_NOT_ALLOWED,
                    "This key may not be used from "
                            + (address == null ? "an address that cannot be told" : address.getHostAddress()) + ".");
        }
    }

    private static String article(KeyKind kind) {
        return kind == KeyKind.INFERENCE ? "an inference" : "a " + name(kind);
    }

    private static String name(KeyKind kind) {
        return switch (kind) {
            case INFERENCE -> "inference";
            case MANAGEMENT -> "management";
            case CHANNEL -> "channel";
        };
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
