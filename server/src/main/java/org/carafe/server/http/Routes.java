package org.carafe.server.http;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.adminapi.AdminRoute;
import org.carafe.server.auth.Principal;

/** All routes: what the server registers, what a 405 lists, and what the OpenAPI document must describe. */
enum Routes {
    CHAT("POST", "/v1/chat/completions", Metering.METERED),
    COMPLETIONS("POST", "/v1/completions", Metering.METERED),
    /** Answers 404 in this version; metered once it answers. */
    EMBEDDINGS("POST", "/v1/embeddings", Metering.FREE_WITH_KEY),
    SIMPLE_CHAT("POST", "/v1/chat", Metering.METERED),
    USAGE("GET", "/v1/usage", Metering.FREE_WITH_KEY),
    DOCUMENT_ADD("POST", "/v1/documents", Metering.COUNTED),
    DOCUMENTS("GET", "/v1/documents", Metering.COUNTED),
    DOCUMENT("GET", "/v1/documents/{id}", Metering.COUNTED),
    DOCUMENT_DELETE("DELETE", "/v1/documents/{id}", Metering.COUNTED),
    CHANNEL_CHAT("POST", "/v1/channels/chat", Metering.METERED),
    CHANNEL_CHAT_PREFLIGHT("OPTIONS", "/v1/channels/chat", Metering.OPEN),
    CHANNEL_HISTORY("GET", "/v1/channels/history", Metering.COUNTED),
    CHANNEL_HISTORY_PREFLIGHT("OPTIONS", "/v1/channels/history", Metering.OPEN),
    MODELS("GET", "/v1/models", Metering.FREE_WITH_KEY),
    /** An id may hold slashes. */
    MODEL("GET", "/v1/models/<id>", Metering.FREE_WITH_KEY),
    TOKENIZE("POST", "/tokenize", Metering.COUNTED),
    DETOKENIZE("POST", "/detokenize", Metering.COUNTED),
    HEALTH("GET", "/health", Metering.OPEN),
    READY("GET", "/ready", Metering.OPEN),
    METRICS("GET", "/metrics", Metering.OPEN),
    OPENAPI("GET", "/openapi.json", Metering.OPEN),
    ADMIN_OPENAPI("GET", "/admin/v1/openapi.json", Metering.OPEN),
    DOCS("GET", "/docs", Metering.OPEN),
    INDEX("GET", "/", Metering.OPEN);

    private final String method;
    private final String path;
    private final Metering metering;

    Routes(String method, String path, Metering metering) {
        this.method = method;
        this.path = path;
        this.metering = metering;
    }

    String method() {
        return method;
    }

    /** As Javalin spells it. */
    String path() {
        return path;
    }

    Metering metering() {
        return metering;
    }

    /** Whether it asks for a key, and is closed while loading and draining. */
    boolean keyed() {
        return metering != Metering.OPEN;
    }

    /** The keys that it is for; documents and metrics are for administrators, too. */
    KeyKind keyKind(Principal caller) {
        boolean managing = caller.grant() != null && caller.grant().kind() == KeyKind.MANAGEMENT;
        if (metering == Metering.ADMIN || (managing && isManaged())) {
            return KeyKind.MANAGEMENT;
        }
        return isChannel() ? KeyKind.CHANNEL : KeyKind.INFERENCE;
    }

    private boolean isManaged() {
        return this == METRICS || scope().equals("/v1/documents");
    }

    /** Whether web pages of other origins call it. */
    boolean isChannel() {
        return path.startsWith("/v1/channels/");
    }

    /** What a key's list of routes calls it: the path, without the id at its end. */
    String scope() {
        int id = Math.max(path.indexOf("/{"), path.indexOf("/<"));
        return id < 0 ? path : path.substring(0, id);
    }

    /** The methods that a path has, those of the admin API too. */
    static List<String> methodsOf(String given) {
        Set<String> methods = new LinkedHashSet<>();
        for (Routes route : values()) {
            add(methods, route.method, route.path, given);
        }
        for (AdminRoute route : AdminRoute.values()) {
            add(methods, route.method(), route.path(), given);
        }
        return List.copyOf(methods);
    }

    private static void add(Set<String> methods, String method, String path, String given) {
        if (PathPattern.matches(path, given)) {
            methods.add(method);
            if (method.equals("GET")) {
                methods.add("HEAD");
            }
        }
    }
}
