package org.carafe.server.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Accepts connections as {@link WatchedEndPoint}s. */
final class WatchedConnector extends ServerConnector {
    private static final int BACKLOG = 1024;

    private final long headTimeoutMillis;

    WatchedConnector(Server server, HttpConfiguration configuration, HttpSettings settings) {
        super(server, 1, 1, new HttpConnectionFactory(configuration));
        this.headTimeoutMillis = settings.timeouts().bodyMillis();
        setHost(settings.host());
        setPort(settings.port());
        setIdleTimeout(settings.timeouts().idleMillis());
        setAcceptQueueSize(BACKLOG);
        setAcceptedTcpNoDelay(true);
        // Restarting must not wait for the last run's connections to leave TIME_WAIT.
        setReuseAddress(true);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint endPoint = new WatchedEndPoint(channel, selector, key, getScheduler(), headTimeoutMillis);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
