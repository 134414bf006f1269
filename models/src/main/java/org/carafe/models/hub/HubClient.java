package org.carafe.models.hub;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The hub's API as far as Carafe needs it: a revision's commit, its files, and their content. One thread at a time. */
final class HubClient implements AutoCloseable {
    /** Bytes of one API answer; a listing of 1,000 files takes about 300 kB. */
    private static final int ANSWER_BYTES_MAX = 16 << 20;

    private static final int LISTING_ANSWERS_MAX = 20;
    private static final Pattern NEXT_LINK = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings settings;
    private final HubTransport transport;

    HubClient(HubSettings settings) {
        this.settings = settings;
        this.transport = new HubTransport(settings);
    }

    HubTransport transport() {
        return transport;
    }

    /** The commit that a revision names now. */
    String commit(HubId id) throws InterruptedException {
        JsonNode answer = json(id, uri("/api/models/" + id.repository() + "/revision/" + encoded(id.revision())))
                .body();
        String commit = answer.path("sha").asText();
        if (!COMMIT.matcher(commit).matches()) {
            throw new HubException("the hub names no commit for " + id);
        }
        return commit;
    }

    /** All files of a commit whose names are safe; others are of no use to a checkpoint. */
    List<HubFile> files(HubId id, String commit) throws InterruptedException {
        List<HubFile> files = new ArrayList<>();
        URI next = uri("/api/models/" + id.repository() + "/tree/" + commit + "?recursive=true");
        for (int answers = 0; next != null; answers++) {
            if (answers == LISTING_ANSWERS_MAX) {
                throw new HubException(id + " has more files than Carafe lists (" + files.size() + " so far)");
            }
            Parsed parsed = json(id, next);
            for (JsonNode entry : parsed.body()) {
                String path = entry.path("path").asText();
                if (entry.path("type").asText().equals("file") && HubFile.isSafe(path)) {
                    files.add(file(entry, path));
                }
            }
            next = parsed.next();
        }
        return files;
    }

    /** Where a file's content is. */
    URI content(HubId id, String commit, HubFile file) {
        return uri("/" + id.repository() + "/resolve/" + commit + "/" + file.path());
    }

    private static HubFile file(JsonNode entry, String path) {
        JsonNode lfs = entry.path("lfs");
        if (lfs.isObject()) {
            return new HubFile(
                    path,
                    lfs.path("size").asLong(-1),
                    new HubFile.Sha256(lfs.path("oid").asText()));
        }
        return new HubFile(
                path,
                entry.path("size").asLong(-1),
                new HubFile.GitBlob(entry.path("oid").asText()));
    }

    private record Parsed(JsonNode body, @Nullable URI next) {}

    private Parsed json(HubId id, URI uri) throws InterruptedException {
        Duration wait = settings.backoff();
        for (int attempt = 1; ; attempt++) {
            try (HubTransport.Answer answer = transport.get(uri, 0)) {
                HubStatus.check(id, answer.status());
                byte[] bytes = answer.body().readNBytes(ANSWER_BYTES_MAX + 1);
                if (bytes.length > ANSWER_BYTES_MAX) {
                    throw new HubException(
                            "the hub's answer for " + id + " is larger than " + ANSWER_BYTES_MAX + " bytes");
                }
                Matcher link =
                        NEXT_LINK.matcher(answer.headers().firstValue("Link").orElse(""));
                return new Parsed(JSON.readTree(bytes), link.find() ? uri.resolve(link.group(1)) : null);
            } catch (JacksonException e) {
                // A proxy's or a captive portal's page: whatever sent it is no hub.
                throw new HubUnreachableException(
                        "the hub at " + settings.endpoint() + " can't be reached: the answer for " + id
                                + " is not JSON, so something else sent it",
                        e);
            } catch (IOException e) {
                // Listing decides whether there is a hub at all, so it gives up sooner than a download under way does.
                if (attempt >= Math.min(2, settings.attempts())) {
                    throw new HubUnreachableException(
                            "the hub at " + settings.endpoint() + " can't be reached: " + HubStatus.reason(e), e);
                }
                Thread.sleep(wait);
                wait = wait.multipliedBy(2);
            }
        }
    }

    private URI uri(String path) {
        String base = settings.endpoint().toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        transport.close();
    }
}
