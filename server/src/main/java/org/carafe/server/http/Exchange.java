package org.carafe.server.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.server.auth.Credential;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.openai.JsonBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its response. Used by the request's virtual thread; a stream's writer guards itself. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    static final String JSON = "application/json";

    private final Context context;
    private final String route;
    private final String requestId;
    private final long startNanos = System.nanoTime();
    private final Optional<WatchedEndPoint> endPoint;
    private final List<Runnable> atEnd = new ArrayList<>(0);
    private @Nullable Principal principal;
    private @Nullable String keyPrefix;
    private RequestFacts facts = new RequestFacts(false, startNanos);
    private @Nullable EventStream events;
    private byte @Nullable [] body;
    private @Nullable Recording recording;
    private @Nullable ErrorKind failure;
    private int failureStatus;

    /** @param route pattern of the route; the metric label */
    Exchange(Context context, String route) {
        this.context = context;
        this.route = route;
        this.requestId = RequestIds.of(context.header("X-Request-Id"));
        this.endPoint = WatchedEndPoint.of(context.req());
        response().setHeader("X-Request-Id", requestId);
    }

    Context context() {
        return context;
    }

    HttpServletResponse response() {
        return context.res();
    }

    String route() {
        return route;
    }

    String requestId() {
        return requestId;
    }

    long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    /** Whether the key was checked, and is one. */
    boolean isKnown() {
        return principal != null;
    }

    /** Set once the key was checked. */
    Principal principal() {
        assert principal != null : "a keyed route authenticates first";
        return principal;
    }

    /** For logs. */
    String keyId() {
        return principal == null ? "-" : principal.keyId();
    }

    void authenticated(Principal caller) {
        principal = caller;
    }

    /** The caller, or null where nobody was let in. */
    @Nullable
    Principal caller() {
        return principal;
    }

    /** The characters that the caller's key is recognised by; null where it is none of the ledger's form. */
    @Nullable
    String keyPrefix() {
        return keyPrefix;
    }

    void presented(@Nullable Credential credential) {
        keyPrefix = credential == null ? null : KeyPrefix.of(credential.secret());
    }

    /** What is known about this request so far. */
    RequestFacts facts() {
        return facts;
    }

    /** Prompts and answers are to be logged. To be called before anything is known. */
    void keepTexts() {
        facts = new RequestFacts(true, startNanos);
    }

    @Nullable
    ErrorKind failure() {
        return failure;
    }

    /** What it failed with, and the status of that in this route's form. */
    void failed(ErrorKind kind, int status) {
        failure = kind;
        failureStatus = status;
    }

    /** Of the answer, or of the failure: a stream's status is on its way long before that. */
    int status() {
        return failure == null ? response().getStatus() : failureStatus;
    }

    /** How this exchange's errors look. */
    ErrorForm errorForm() {
        return ErrorForm.of(context.path(), principal);
    }

    /** The stream this exchange answers with, if it does. */
    @Nullable
    EventStream events() {
        return events;
    }

    void streams(EventStream stream) {
        events = stream;
        Recording kept = recording;
        if (kept != null) {
            stream.record(kept);
        }
    }

    /** The body, where it was read already. */
    byte @Nullable [] body() {
        return body;
    }

    void keepBody(byte[] read) {
        body = read;
    }

    /** The bytes of a good answer are to be recorded, a stream's as they are sent. */
    void record(Recording kept) {
        recording = kept;
    }

    /**
     * All of a good answer is there; no byte of these is sent yet.
     *
     * @param last the whole answer, or a stream's last events
     * @return what its settlement is to keep; null where nothing is
     */
    @Nullable
    AnswerToKeep whole(String contentType, JsonBuffer last) {
        Recording kept = recording;
        return kept == null ? null : kept.whole(contentType, last.toBytes());
    }

    /** The body was read: from here on, {@code onGone} is called once if the peer goes away, and waiting is not idling. */
    void watch(Runnable onGone) {
        // Jetty would fail a request during which nothing is read or written for the idle timeout.
        ServletContextRequest.getServletContextRequest(context.req()).addIdleTimeoutListener(timeout -> false);
        endPoint.ifPresent(peer -> peer.watch(onGone));
    }

    /**
     * For an answer that does not wait for the rest of the body: says so to the peer where some is still to come, as the connection ends
     * then, and the peer must not send its next request on it.
     */
    void closeIfUnread() {
        if (!ServletContextRequest.getServletContextRequest(context.req()).consumeAvailable()) {
            response().setHeader("Connection", "close");
        }
    }

    /** To be done when the exchange ends, however it ends. */
    void atEnd(Runnable action) {
        atEnd.add(action);
    }

    /** Before the response is completed: what comes from the socket now is the next request. */
    void end() {
        endPoint.ifPresent(WatchedEndPoint::answered);
        atEnd.forEach(Runnable::run);
        atEnd.clear();
    }

    /** Sends what is left of the response, the end of its last chunk too. After {@link #end()}. */
    void complete() {
        try {
            response().getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("{}: the peer did not wait for the end", requestId);
        }
    }

    void headers(Map<String, String> headers) {
        headers.forEach(response()::setHeader);
    }

    /** Answers with JSON. */
    void json(int status, JsonBuffer answer) throws IOException {
        head(status, JSON, answer.size());
        answer.writeTo(response().getOutputStream());
    }

    /** Answers with bytes. */
    void bytes(int status, String contentType, byte[] body) throws IOException {
        head(status, contentType, body.length);
        response().getOutputStream().write(body);
    }

    private void head(int status, String contentType, int length) {
        HttpServletResponse response = response();
        response.setStatus(status);
        response.setContentType(contentType);
        response.setContentLength(length);
    }
}
