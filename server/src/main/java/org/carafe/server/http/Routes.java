package org.carafe.server.http;

import java.util.ArrayList;
import java.util.List;

/** All routes: what the server registers, what a 405 lists, and what the OpenAPI document must describe. */
enum Routes {
    CHAT("POST", "/v1/chat/completions", true),
    COMPLETIONS("POST", "/v1/completions", true),
    EMBEDDINGS("POST", "/v1/embeddings", true),
    MODELS("GET", "/v1/models", true),
    /** An id may hold slashes. */
    MODEL("GET", "/v1/models/<id>", true),
    TOKENIZE("POST", "/tokenize", true),
    DETOKENIZE("POST", "/detokenize", true),
    HEALTH("GET", "/health", false),
    READY("GET", "/ready", false),
    METRICS("GET", "/metrics", false),
    OPENAPI("GET", "/openapi.json", false),
    DOCS("GET", "/docs", false),
    INDEX("GET", "/", false);

    private final String method;
    private final String path;
    private final boolean keyed;

    Routes(String method, String path, boolean keyed) {
        this.method = method;
        this.path = path;
        this.keyed = keyed;
    }

    String method() {
        return method;
    }

    /** As Javalin spells it. */
    String path() {
        return path;
    }

    /** Whether it asks for a key, and is closed while loading and draining. */
    boolean keyed() {
        return keyed;
    }

    private boolean matches(String asked) {
        // Javalin matches with or without a slash at the end.
        String given = asked.length() > 1 && asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
        int open = path.indexOf('<');
        return open < 0 ? path.equals(given) : given.startsWith(path.substring(0, open)) && given.length() > open;
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
