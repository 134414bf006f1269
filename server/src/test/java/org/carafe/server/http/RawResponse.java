package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** One response read off a socket: fixed length or chunked. */
record RawResponse(int status, String head, String body) {
    static RawResponse read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.append(line.toLowerCase(Locale.ROOT)).append('\n');
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int length = head.indexOf("content-length: ");
        if (length >= 0) {
            int end = head.indexOf("\n", length);
            body.write(in.readNBytes(Integer.parseInt(head.substring(length + 16, end))));
        } else if (head.indexOf("transfer-encoding: chunked") >= 0) {
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                body.write(in.readNBytes(size));
                line(in);
            }
            line(in);
        }
        return new RawResponse(Integer.parseInt(head.substring(9, 12)), head.toString(), body.toString(UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the response ended after: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    boolean closes() {
        return head.contains("connection: close");
    }
}
