package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** How connections are accepted. */
final class WatchedConnectorTest {
    @Test
    void acceptedSocketsSendEveryTokenAtOnce() throws Exception {
        Server server = new Server();
        WatchedConnector connector = new WatchedConnector(
                server, new HttpConfiguration(), HttpSettings.defaults().at("127.0.0.1", 0));
        server.addConnector(connector);
        server.start();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            assertThat(socket.isConnected()).isTrue();
            TestServer.eventually(
                    "it is accepted", () -> !connector.getConnectedEndPoints().isEmpty());
            assertThat(connector.getConnectedEndPoints()).singleElement().satisfies(endPoint -> {
                assertThat(endPoint).isInstanceOf(WatchedEndPoint.class);
                assertThat(((WatchedEndPoint) endPoint).getChannel().getOption(StandardSocketOptions.TCP_NODELAY))
                        .as("TCP_NODELAY")
                        .isTrue();
            });
        } finally {
            server.stop();
        }
    }
}
