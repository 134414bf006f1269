package org.carafe.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /openapi.json}, that of the admin API, and the pages for people. Each page is one file without anything from elsewhere. */
final class DocumentRoutes {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final byte[] openapi = resource("openapi.json");
    private final byte[] admin = resource("admin-openapi.json");
    private final byte[] docs = resource("docs.html");
    private final byte[] index = resource("index.html");

    private static byte[] resource(String name) {
        try (InputStream in = DocumentRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void openapi(Exchange exchange) throws IOException {
        exchange.bytes(200, "application/json", openapi);
    }

    void adminOpenapi(Exchange exchange) throws IOException {
        exchange.bytes(200, "application/json", admin);
    }

    void docs(Exchange exchange) throws IOException {
        page(exchange, docs);
    }

    void index(Exchange exchange) throws IOException {
        page(exchange, index);
    }

    private static void page(Exchange exchange, byte[] html) throws IOException {
        exchange.response().setHeader("Content-Security-Policy", POLICY);
        exchange.response().setHeader("X-Content-Type-Options", "nosniff");
        exchange.bytes(200, HTML, html);
    }
}
