package org.carafe.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.adminapi.AdminAnswer;
import org.carafe.server.adminapi.AdminRequest;
import org.carafe.server.adminapi.AdminRoute;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** Brings requests to the admin API: management keys only, and never from a page of another site. */
final class AdminEndpoints {
    private final BodyReader bodies;
    private volatile @Nullable AdminActs acts;

    AdminEndpoints(BodyReader bodies) {
        this.bodies = bodies;
    }

    /** Answers from now on. */
    void serve(AdminActs served) {
        acts = served;
    }

    void answer(Exchange exchange, AdminRoute route) throws IOException {
        AdminActs served = acts;
        if (served == null) {
            throw new ApiException(ErrorKind.NOT_FOUND, "This server has no ledger, and nothing to administer.");
        }
        Context context = exchange.context();
        checkOrigin(context);
        exchange.response().setHeader("Cache-Control", "no-store");
        AdminAnswer answer = route.answer(
                served,
                new AdminRequest(
                        exchange.keyId(),
                        context::pathParam,
                        query(context),
                        new AdminRequest.Headers(context.header("Accept"), IdempotencyKey.of(context)),
                        () -> body(exchange)));
        exchange.headers(answer.headers());
        exchange.bytes(answer.status(), answer.contentType(), answer.body());
    }

    /** No cookies are read, so there is nothing to forge with; but a browser on another site has no business here at all. */
    private static void checkOrigin(Context context) {
        String origin = context.header("Origin");
        if (origin == null) {
            return;
        }
        boolean own;
        try {
            String authority = URI.create(origin).getRawAuthority();
            own = authority != null && authority.equalsIgnoreCase(context.header("Host"));
        } catch (IllegalArgumentException e) {
            own = false;
        }
        if (!own) {
            throw new ApiException(
                    ErrorKind.ORIGIN_NOT_ALLOWED, "The admin API is not to be called by pages of another origin.");
        }
    }

    private static Map<String, String> query(Context context) {
        Map<String, String> query = new HashMap<>();
        for (Map.Entry<String, List<String>> entry : context.queryParamMap().entrySet()) {
            if (entry.getValue().size() != 1) {
                throw new ApiException(ErrorKind.MALFORMED_REQUEST, "A query parameter is given more than once.", null);
            }
            query.put(entry.getKey(), entry.getValue().getFirst());
        }
        return query;
    }

    private byte[] body(Exchange exchange) {
        var request = exchange.context().req();
        boolean none = request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null;
        return none ? new byte[0] : bodies.read(exchange);
    }
}
