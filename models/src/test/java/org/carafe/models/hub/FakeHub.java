package org.carafe.models.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A hub on loopback that speaks the real one's API, with the faults a test asks for. */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final HttpServer server;
    private final Map<String, byte[]> files = new TreeMap<>();
    /** Bytes that are sent where a file's own content differs from what is listed. */
    final Map<String, byte[]> sentInstead = new ConcurrentHashMap<>();
    /** How many of the next answers for content break off after {@link #bytesBeforeCut}. */
    final AtomicInteger cuts = new AtomicInteger();

    int bytesBeforeCut = 1000;
    int statusForAll;
    boolean ignoresRanges;
    URI redirectsContentTo = URI.create("");
    final List<String> ranges = new CopyOnWriteArrayList<>();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    final List<String> requests = new CopyOnWriteArrayList<>();

    FakeHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    FakeHub with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(path);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (statusForAll != 0) {
                exchange.sendResponseHeaders(statusForAll, -1);
            } else if (path.endsWith("/revision/main")) {
                send(exchange, "{\"sha\":\"" + COMMIT + "\"}");
            } else if (path.contains("/tree/" + COMMIT)) {
                send(exchange, listing());
            } else if (path.contains("/resolve/" + COMMIT + "/")) {
                content(exchange, path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void content(HttpExchange exchange, String name) throws IOException {
        if (!redirectsContentTo.toString().isEmpty()) {
            exchange.getResponseHeaders()
                    .add(
                            "Location",
                            redirectsContentTo + exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        byte[] bytes = sentInstead.getOrDefault(name, files.get(name));
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(name + " " + range);
        int from = range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
        boolean cut = bytes.length - from > bytesBeforeCut && cuts.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        exchange.getResponseBody().write(bytes, from, cut ? bytesBeforeCut : bytes.length - from);
        exchange.getResponseBody().flush();
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Weights are listed as large files with a SHA-256, all else as git blobs. */
    private String listing() {
        return files.entrySet().stream()
                .map(file -> file.getKey().endsWith(".safetensors")
                                || file.getKey().endsWith(".gguf")
                        ? "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\",\"lfs\":{\"oid\":\"%s\",\"size\":%d}}"
                                .formatted(
                                        file.getKey(),
                                        file.getValue().length,
                                        "0".repeat(40),
                                        hash("SHA-256", file.getValue()),
                                        file.getValue().length)
                        : "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\"}"
                                .formatted(file.getKey(), file.getValue().length, hash("SHA-1", blob(file.getValue()))))
                .toList()
                .toString();
    }

    private static byte[] blob(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, whole, head.length, content.length);
        return whole;
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
