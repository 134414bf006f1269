package org.carafe.server.http;

import java.util.ArrayList;
import java.util.List;
import org.carafe.server.accounts.KeyKind;

/** All routes: what the server registers, what a 405 lists, and what the OpenAPI document must describe. */
enum Routes {
    CHAT("POST", "/v1/chat/completions", Metering.METERED),
    COMPLETIONS("POST", "/v1/completions", Metering.METERED),
    /** Answers 404 in this version; metered once it answers. */
    EMBEDDINGS("POST", "/v1/embeddings", Metering.FREE_WITH_KEY),
    MODELS("GET", "/v1/models", Metering.FREE_WITH_KEY),
    /** An id may hold slashes. */
    MODEL("GET", "/v1/models/<id>", Metering.FREE_WITH_KEY),
    TOKENIZE("POST", "/tokenize", Metering.FREE_WITH_KEY),
    DETOKENIZE("POST", "/detokenize", Metering.FREE_WITH_KEY),
    HEALTH("GET", "/health", Metering.OPEN),
    READY("GET", "/ready", Metering.OPEN),
    METRICS("GET", "/metrics", Metering.OPEN),
    OPENAPI("GET", "/openapi.json", Metering.OPEN),
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

    /** The keys that it is for. */
    KeyKind keyKind() {
        if (metering == Metering.ADMIN) {
            return KeyKind.MANAGEMENT;
        }
        return path.startsWith("/v1/channels/") ? KeyKind.CHANNEL : KeyKind.INFERENCE;
    }

    private boolean matches(String asked) {
        // Javalin matches with or without a slash at the end.
        String given = asked.length() > 1 && asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
        String[] wanted = path.split("/", -1);
        String[] found = given.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (i == found.length) {
                return false;
            }
            if (wanted[i].startsWith("<")) {
                return !found[i].isEmpty() || i + 1 < found.length;
            }
            boolean named = wanted[i].startsWith("{") ? !found[i].isEmpty() : wanted[i].equals(found[i]);
            if (!named) {
                return false;
            }
        }
        return wanted.length == found.length;
    }

    /** The methods that a path has. */
    static List<String> methodsOf(String given) {
        List<String> methods = new ArrayList<>();
        for (Routes route : values()) {
            if (route.matches(given) && !methods.contains(route.method)) {
                methods.add(route.method);
                if (route.method.equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return methods;
    }
}
