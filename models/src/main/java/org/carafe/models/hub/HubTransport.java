package org.carafe.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;

/** GET with the hub's rules: redirects followed by hand, so that the token never reaches another host. */
final class HubTransport implements AutoCloseable {
    private static final int REDIRECTS_MAX = 5;

    private final HubSettings settings;
    private final HttpClient client;

    HubTransport(HubSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** An answer with an open body, which the caller closes. */
    record Answer(int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** Gets from an offset on; 0 asks for the whole. */
    Answer get(URI uri, long fromByte) throws IOException, InterruptedException {
        URI target = uri;
        for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(target)
                    .timeout(settings.stallTimeout())
                    .header("User-Agent", "carafe");
            String token = settings.token();
            if (token != null && sameOrigin(target, settings.endpoint())) {
                request.header("Authorization", "Bearer " + token);
            }
            if (fromByte > 0) {
                request.header("Range", "bytes=" + fromByte + "-");
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() / 100 != 3) {
                return new Answer(response.statusCode(), response.headers(), response.body());
            }
            response.body().close();
            String location = response.headers()
                    .firstValue("Location")
                    .orElseThrow(() -> new HubException("the hub redirects " + uri.getPath() + " to nowhere"));
            target = redirected(target, location);
        }
        throw new HubException("the hub redirects " + uri.getPath() + " more than " + REDIRECTS_MAX + " times");
    }

    private static URI redirected(URI from, String location) {
        URI target;
        try {
            target = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new HubException("the hub redirects " + from.getPath() + " to an address that is none", e);
        }
        boolean secure = Objects.equals(target.getScheme(), "https");
        boolean plain = Objects.equals(target.getScheme(), "http") && Objects.equals(from.getScheme(), "http");
        if (!secure && !plain) {
            throw new HubException("the hub redirects " + from.getPath() + " to " + target.getScheme()
                    + ", which is not followed from " + from.getScheme());
        }
        return target;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme())
                && Objects.equals(a.getHost(), b.getHost())
                && a.getPort() == b.getPort();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
