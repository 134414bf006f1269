package org.carafe.server.http;

import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Javalin and Jetty as Carafe wants them: one selector, a virtual thread for each request, no compression, strict HTTP. */
final class JettySetup {
    /** Platform threads: acceptor, selector, and some to move tasks on; requests run on virtual threads. */
    private static final int THREADS_MAX = 16;

    private static final int THREADS_MIN = 4;
    private static final int RESPONSE_BUFFER_BYTES = 16 << 10;
    private static final int RESPONSE_HEADER_BYTES = 8 << 10;

    private JettySetup() {}

    static void apply(JavalinConfig config, HttpSettings settings) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.generateEtags = false;
        config.http.prefer405over404 = true;
        // Bodies are read by BodyReader, which has its own limit.
        config.http.maxRequestSize = settings.limits().requestBytesMax();
        config.jetty.threadPool = threads();
        config.jetty.modifyHttpConfiguration(http -> configure(http, settings));
        config.jetty.addConnector((server, http) -> bound(new WatchedConnector(server, http, settings)));
        JettyErrors errors = new JettyErrors();
        config.jetty.modifyServer(server -> {
            server.setErrorHandler(errors);
            // Waiting for requests is drain()'s business; what is left then is cut off.
            server.setStopTimeout(0);
            server.setStopAtShutdown(false);
            server.addBean(new NetworkConnectionLimit(settings.limits().connectionsMax(), server));
        });
        config.jetty.modifyServletContextHandler(context -> {
            context.setErrorHandler(errors);
            // An id may hold a slash, percent-encoded or not.
            context.getServletHandler().setDecodeAmbiguousURIs(true);
        });
    }

    /** Binds before Javalin starts, which would log a stack trace of its own where the port is taken. */
    private static WatchedConnector bound(WatchedConnector connector) {
        try {
            connector.open();
            return connector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool pool = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        pool.setName("http");
        pool.setDaemon(true);
        pool.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory()));
        return pool;
    }

    private static void configure(HttpConfiguration http, HttpSettings settings) {
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(settings.limits().headerBytesMax());
        http.setResponseHeaderSize(RESPONSE_HEADER_BYTES);
        http.setOutputBufferSize(RESPONSE_BUFFER_BYTES);
        http.setOutputAggregationSize(RESPONSE_BUFFER_BYTES);
        // Nothing that two servers in a row could read differently: bare line feeds, two lengths, white space before a
        // colon.
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.DEFAULT.with("carafe", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
    }
}
