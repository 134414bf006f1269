package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A socket without manners: what no HTTP client library would send. */
final class RawClient implements AutoCloseable {
    private final Socket socket;

    RawClient(TestServer server) throws IOException {
        socket = server.socket();
    }

    Socket socket() {
        return socket;
    }

    /** A POST of JSON as it stands on the wire. */
    static String post(String path, String body, String... headers) {
        StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        request.append("Content-Type: application/json\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("Content-Length: ")
                .append(body.getBytes(UTF_8).length)
                .append("\r\n\r\n")
                .append(body)
                .toString();
    }

    /** How a POST of JSON to the completions begins, with one header of its own. */
    static String headOfCompletion(String header) {
        return String.join(
                "\r\n",
                "POST /v1/completions HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                header,
                "",
                "");
    }

    RawClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(UTF_8));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads until the text was seen; fails if the connection ends before. */
    String readUntil(String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (seen.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after: " + seen);
            }
            seen.append((char) next);
        }
        return seen.toString();
    }

    /** All until the server closes; a reset counts as closing. */
    String readAll() throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                seen.append(new String(buffer, 0, read, ISO_8859_1));
            }
        } catch (java.net.SocketException e) {
            // Reset: the server was done with us.
        }
        return seen.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Closes with a reset instead of a farewell. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
