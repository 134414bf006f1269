package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.documents.DocumentLimits;
import org.carafe.server.documents.Pdfs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/documents}, and what becomes of them in answers. */
final class AssistantDocumentsTest {
    private static final Map<String, Number> SAMPLING = Map.of("max_tokens", 4L);
    private static final String RETURNS =
            "{'name':'returns.md','text':'Opening hours are nine to five.\\n\\nReturns are free within 30 days.'}";

    @TempDir
    static Path data;

    private static DialectServer server;
    private static String other;

    @BeforeAll
    static void start() {
        server = DialectServer.start(data);
        other = assistant("other", null, SAMPLING);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    /** A key of a new assistant that may change its documents. */
    private static String assistant(String name, @Nullable String systemPrompt, Map<String, Number> sampling) {
        server.assistant(name, systemPrompt, sampling);
        KeyScope both = new KeyScope(null, List.of("/v1/chat", "/v1/documents"), null, null);
        return server.key(name, both, LedgerServer.UNLIMITED);
    }

    private static TestServer.Answered ask(String key, String question) {
        return server.post("/v1/chat", key, "{'messages':[{'role':'user','content':'" + question + "'}]}");
    }

    private static TestServer.Answered upload(String key, String disposition, String type, byte[] content)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("--B\r\nContent-Disposition: form-data; " + disposition + "\r\nContent-Type: " + type + "\r\n\r\n")
                .getBytes(UTF_8));
        body.write(content);
        body.write("\r\n--B--\r\n".getBytes(UTF_8));
        return server.http()
                .send(server.request("/v1/documents", key)
                        .header("Content-Type", "multipart/form-data; boundary=B")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build());
    }

    @Test
    void aDocumentIsAddedListedShownAndDeleted() {
        String key = assistant("crud", null, SAMPLING);
        TestServer.Answered added = server.post("/v1/documents", key, RETURNS);
        assertThat(added.status()).isEqualTo(201);
        String id = added.json().path("id").textValue();
        assertThat(id).matches("doc_[0-9a-f]{16}");
        assertThat(added.body())
                .isEqualTo(
                        "{\"id\":\"" + id + "\",\"name\":\"returns.md\",\"media_type\":\"text/markdown\",\"bytes\":65,"
                                + "\"characters\":65,\"passages\":1,\"created_at\":\"2026-11-21T10:00:00Z\"}");
        assertThat(server.get("/v1/documents", key).body()).isEqualTo("{\"data\":[" + added.body() + "]}");
        assertThat(server.get("/v1/documents/" + id, key).body()).isEqualTo(added.body());
        assertThat(server.delete("/v1/documents/" + id, key).body())
                .isEqualTo("{\"id\":\"" + id + "\",\"deleted\":true}");
        assertThat(server.delete("/v1/documents/" + id, key).status()).isEqualTo(404);
        assertThat(server.get("/v1/documents", key).body()).isEqualTo("{\"data\":[]}");
        assertThat(ask(key, "Are returns free?").json().has("sources")).isFalse();
    }

    @Test
    void theBestPassagesStandBeforeTheQuestionAndAreNamed() {
        String key = assistant("grounded", "Be brief.", SAMPLING);
        String id = server.post("/v1/documents", key, RETURNS).json().path("id").textValue();
        TestServer.Answered answer = ask(key, "Are returns free?");
        assertThat(answer.json().path("sources").toString())
                .isEqualTo("[{\"document\":\"" + id + "\",\"name\":\"returns.md\",\"passage\":1}]");
        assertThat(server.lastPrompt())
                .containsSubsequence(
                        "Be brief.", "returns.md", "Returns are free within 30 days.", "Question: Are returns free?");
        assertThat(ask(key, "zebra").json().path("sources")).isEmpty();
        assertThat(server.lastPrompt()).doesNotContain("Returns");
        TestServer.Answered stream =
                server.post("/v1/chat", key, "{'messages':[{'role':'user','content':'returns?'}],'stream':true}");
        JsonNode last = TestServer.parse(stream.events().get(stream.events().size() - 2));
        assertThat(last.at("/sources/0/document").textValue()).isEqualTo(id);
    }

    @Test
    void passagesThatDoNotFitTheContextAreLeftOut() {
        String key = assistant("small", null, SAMPLING);
        server.post("/v1/documents", key, "{'name':'long','text':'" + "returns and more words ".repeat(300) + "'}");
        TestServer.Answered answer = ask(key, "returns " + "x ".repeat(780));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("sources").size()).isLessThan(4);
    }

    @Test
    void filesComeByMultipart() throws IOException {
        String key = assistant("files", null, SAMPLING);
        TestServer.Answered pdf = upload(
                key, "name=\"file\"; filename=\"policy.pdf\"", "application/pdf", Pdfs.of("Refunds take three days."));
        assertThat(pdf.status()).as(pdf.body()).isEqualTo(201);
        assertThat(pdf.json().path("media_type").textValue()).isEqualTo("application/pdf");
        TestServer.Answered page = upload(
                key,
                "name=\"file\"; filename=\"faq.html\"",
                "application/octet-stream",
                "<title>FAQ</title><p>We never close.".getBytes(UTF_8));
        assertThat(page.json().path("media_type").textValue()).isEqualTo("text/html");
        assertThat(page.json().path("name").textValue()).isEqualTo("faq.html");
        ask(key, "How long do refunds take?");
        assertThat(server.lastPrompt()).contains("Refunds take three days.");
    }

    @Test
    void whatCannotBeReadIsAnErrorThatSaysWhy() throws IOException {
        String key = assistant("broken", null, SAMPLING);
        TestServer.Answered broken =
                upload(key, "name=\"file\"; filename=\"x.pdf\"", "application/pdf", "no pdf".getBytes(UTF_8));
        assertThat(broken.status()).isEqualTo(422);
        assertThat(broken.error().path("message").textValue()).contains("not a PDF");
        TestServer.Answered large =
                upload(key, "name=\"file\"; filename=\"x.txt\"", "text/plain", new byte[DocumentLimits.BYTES_MAX + 1]);
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.error().path("type").textValue()).isEqualTo("input_too_large");
        assertThat(upload(key, "name=\"other\"", "text/plain", new byte[1]).status())
                .isEqualTo(422);
        assertThat(upload(key, "name=\"file\"", "text/plain", "no name".getBytes(UTF_8))
                        .status())
                .isEqualTo(422);
        TestServer.Answered cut = server.http()
                .send(server.request("/v1/documents", key)
                        .header("Content-Type", "multipart/form-data; boundary=B")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "--B\r\nContent-Disposition: form-data; name=\"file\""))
                        .build());
        assertThat(cut.status()).isEqualTo(422);
        assertThat(server.get("/v1/documents", key).body()).isEqualTo("{\"data\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'text':'x'}|name",
                "{'name':'x'}|text",
                "{'name':'','text':'x'}|name",
                "{'name':'a\\u0000b','text':'x'}|name",
                "{'name':'x','text':'  '}|no text",
                "{'name':'x','text':'y','media_type':'image/png'}|image/png",
                "{'name':'x.pdf','text':'y'}|multipart",
                "{'name':'x','text':'y','path':'z'}|path"
            })
    void aBadUploadIsA422(String body, String what) {
        TestServer.Answered answer = server.post("/v1/documents", other, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.error().path("message").textValue()).contains(what);
    }

    @Test
    void anotherAssistantsDocumentsAreNotThere() {
        String key = assistant("private", null, SAMPLING);
        String id = server.post("/v1/documents", key, RETURNS).json().path("id").textValue();
        assertThat(server.get("/v1/documents/" + id, other).status()).isEqualTo(404);
        assertThat(server.delete("/v1/documents/" + id, other).status()).isEqualTo(404);
        assertThat(server.get("/v1/documents", other).body()).doesNotContain(id);
        assertThat(server.get("/v1/documents?assistant=private", other).status())
                .isEqualTo(403);
        assertThat(ask(other, "Are returns free?").json().has("sources")).isFalse();
        for (String path : List.of("/v1/documents/..%2f..%2fetc", "/v1/documents/%27;drop%20table%20document")) {
            assertThat(server.get(path, key).status()).isBetween(400, 404);
        }
    }

    @Test
    void theScopeOfAKeyIsLookedAt() {
        assistant("scoped", null, SAMPLING);
        String chatOnly =
                server.key("scoped", new KeyScope(null, List.of("/v1/chat"), null, null), LedgerServer.UNLIMITED);
        assertThat(server.post("/v1/documents", chatOnly, RETURNS).status()).isEqualTo(403);
        assertThat(ask(chatOnly, "Hello").status()).isEqualTo(200);
        String documentsOnly =
                server.key("scoped", new KeyScope(null, List.of("/v1/documents"), null, null), LedgerServer.UNLIMITED);
        TestServer.Answered added = server.post("/v1/documents", documentsOnly, RETURNS);
        assertThat(added.status()).isEqualTo(201);
        assertThat(server.delete("/v1/documents/" + added.json().path("id").textValue(), documentsOnly)
                        .status())
                .isEqualTo(200);
        assertThat(ask(documentsOnly, "Hello").status()).isEqualTo(403);
        String unbound =
                server.key(null, new KeyScope(null, List.of("/v1/documents"), null, null), LedgerServer.UNLIMITED);
        assertThat(server.get("/v1/documents", unbound).error().path("type").textValue())
                .isEqualTo("wrong_key_kind");
    }

    @Test
    void aKeyWhoseListOfRoutesDoesNotNameDocumentsHasNone() {
        String key = server.assistant("chatting", null, SAMPLING);
        assertThat(ask(key, "Hello").status()).isEqualTo(200);
        String chatOnly =
                server.key("chatting", new KeyScope(null, List.of("/v1/chat"), null, null), LedgerServer.UNLIMITED);
        for (String none : List.of(key, chatOnly)) {
            for (TestServer.Answered refused : List.of(
                    server.get("/v1/documents", none),
                    server.get("/v1/documents/doc_1", none),
                    server.post("/v1/documents", none, RETURNS),
                    server.delete("/v1/documents/doc_1", none))) {
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.error().path("type").textValue()).isEqualTo("route_not_allowed");
                assertThat(refused.error().path("message").textValue())
                        .startsWith("This key may not call /v1/documents:")
                        .contains("/v1/documents is missing from its list of routes");
            }
        }
    }

    @Test
    void anAdministratorNamesTheAssistant() {
        String key = assistant("managed", null, SAMPLING);
        String admin = server.ledger()
                .acts()
                .keys()
                .createManagement("test", KeySettings.named("admin"), null)
                .key();
        assertThat(server.post("/v1/documents?assistant=managed", admin, RETURNS)
                        .status())
                .isEqualTo(201);
        assertThat(server.get("/v1/documents", key).json().path("data")).hasSize(1);
        assertThat(server.get("/v1/documents", admin).status()).isEqualTo(422);
        assertThat(server.get("/v1/documents?assistant=nobody", admin).status()).isEqualTo(404);
        assertThat(ask(String.valueOf(admin), "Hello").status())
                .as("it cannot infer")
                .isEqualTo(403);
    }
}
