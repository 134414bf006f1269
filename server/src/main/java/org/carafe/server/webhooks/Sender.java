package org.carafe.server.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import org.carafe.server.admin.WebhookActs;
import org.carafe.server.ledger.store.DeliveryStore.Due;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * Sends one delivery. Redirects are not followed and nothing of an answer but its status is looked at: whoever may make a webhook must not
 * learn what else this machine can reach. Thread-safe.
 */
final class Sender implements AutoCloseable {
    private static final int ERROR_CHARS_MAX = 200;

    private final MasterKey masterKey;
    private final InstantSource clock;
    private final Duration timeout;
    /** Made for the first delivery: with what it takes of TLS it would be a tenth of a second of every start. */
    private @Nullable HttpClient client;

    private boolean closed;

    /** @param timeout of connecting, and of the answer's first byte */
    Sender(MasterKey masterKey, InstantSource clock, Duration timeout) {
        this.masterKey = masterKey;
        this.clock = clock;
        this.timeout = timeout;
    }

    private synchronized HttpClient client() throws IOException {
        if (closed) {
            throw new IOException("the server is ending");
        }
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(timeout)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
            client = made;
        }
        return made;
    }

    /** Null if it arrived, else why not. */
    @Nullable
    String send(Due due) throws InterruptedException {
        try {
            String secret =
                    new String(masterKey.open(due.sealedSecret(), WebhookActs.SEALED_FOR + due.webhookId()), UTF_8);
            HttpRequest request = HttpRequest.newBuilder(URI.create(due.url()))
                    .timeout(timeout)
                    .header("Content-Type", "application/json")
                    .header("User-Agent", "Carafe-Webhooks")
                    .header("X-Carafe-Event", due.event())
                    .header("X-Carafe-Delivery", due.eventId())
                    .header(
                            "X-Carafe-Signature",
                            Signature.of(secret, clock.instant().getEpochSecond(), due.payload()))
                    .POST(HttpRequest.BodyPublishers.ofString(due.payload(), UTF_8))
                    .build();
            HttpResponse<InputStream> response = client().send(request, HttpResponse.BodyHandlers.ofInputStream());
            // Unread: an answer may be endless.
            response.body().close();
            int status = response.statusCode();
            return status >= 200 && status < 300 ? null : "answered with status " + status;
        } catch (IOException | IllegalArgumentException e) {
            String text = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
            return text.length() > ERROR_CHARS_MAX ? text.substring(0, ERROR_CHARS_MAX) : text;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
