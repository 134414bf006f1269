package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.admission.Admission;
import org.carafe.server.auth.Principal;
import org.carafe.server.documents.Chunker;
import org.carafe.server.documents.Document;
import org.carafe.server.documents.DocumentLimits;
import org.carafe.server.documents.DocumentText;
import org.carafe.server.documents.MediaType;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.store.DocumentStore;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.StrictJson;
import org.carafe.server.openai.UnknownFieldRule;
import org.carafe.server.openai.WellFormed;
import org.jspecify.annotations.Nullable;

/** {@code /v1/documents}: what an assistant's answers are grounded in. A key sees those of its assistant. */
final class AssistantDocumentRoutes {
    private static final int ASSISTANT_CHARS_MAX = 256;

    private final BoundAssistants assistants;
    private final DocumentStore documents;
    private final DocumentText texts;
    private final BodyReader bodies;
    private final Admission admission;

    AssistantDocumentRoutes(BoundAssistants assistants, Dialects dialects, BodyReader bodies, Admission admission) {
        this.assistants = assistants;
        this.documents = dialects.documents();
        this.texts = dialects.texts();
        this.bodies = bodies;
        this.admission = admission;
    }

    /** @param text reads it, which may take long */
    private record Uploaded(String name, MediaType type, long bytes, Supplier<String> text) {}

    void add(Exchange exchange) throws IOException {
        Assistant assistant = assistant(exchange);
        String contentType = exchange.context().contentType();
        boolean multipart =
                contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
        Uploaded uploaded = multipart
                ? file(MultipartFile.parse(contentType, bodies.readForm(exchange)))
                : json(bodies.read(exchange));
        // Before it is read, which may take long, and counted; once more with the writing, as others may come
        // meanwhile.
        if (documents.isFull(assistant.id())) {
            throw full(assistant);
        }
        exchange.headers(admission.count(exchange.principal()));
        String text = uploaded.text().get();
        List<String> passages = Chunker.passages(text);
        Document document = documents
                .add(
                        assistant.id(),
                        freshId(),
                        uploaded.name(),
                        uploaded.type(),
                        uploaded.bytes(),
                        text.length(),
                        passages)
                .orElseThrow(() -> full(assistant));
        JsonBuffer out = new JsonBuffer();
        write(out, document);
        exchange.json(201, out);
    }

    private static ApiException full(Assistant assistant) {
        return new ApiException(
                ErrorKind.INVALID_VALUE,
                "The assistant '" + assistant.name() + "' has " + DocumentLimits.DOCUMENTS_MAX
                        + " documents, the most there may be.");
    }

    private Uploaded json(byte[] body) {
        Fields fields = new Fields(StrictJson.object(body), "");
        UnknownFieldRule unknown = new UnknownFieldRule(false);
        String name = name(fields.requiredText("name", DocumentLimits.NAME_CHARS_MAX));
        String text = fields.requiredText("text", Integer.MAX_VALUE);
        MediaType type = MediaType.of(fields.text("media_type", 256), name);
        unknown.check(fields);
        return new Uploaded(name, type, text.getBytes(UTF_8).length, () -> texts.of(type, text));
    }

    private Uploaded file(MultipartFile file) {
        String given = file.name() == null ? file.fileName() : file.name();
        if (given == null) {
            throw new ApiException(
                    ErrorKind.MISSING_FIELD, "Missing required part 'name': the file has no name either.", "name");
        }
        String name = name(WellFormed.of(given));
        MediaType type = MediaType.of(file.contentType(), file.fileName() == null ? name : file.fileName());
        return new Uploaded(name, type, file.content().length, () -> texts.of(type, file.content()));
    }

    /** A label, never a path: it is shown with answers and stands in prompts. */
    private static String name(String given) {
        String name = given.strip();
        if (name.isEmpty() || name.length() > DocumentLimits.NAME_CHARS_MAX) {
            throw Fields.invalid(
                    "name",
                    "it has " + name.length() + " characters; 1 to " + DocumentLimits.NAME_CHARS_MAX + " are allowed");
        }
        if (name.chars().anyMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029')) {
            throw Fields.invalid("name", "it has control characters");
        }
        return name;
    }

    void list(Exchange exchange) throws IOException {
        Assistant assistant = assistant(exchange);
        exchange.headers(admission.count(exchange.principal()));
        JsonBuffer out = new JsonBuffer();
        out.open().name("data").openArray();
        documents.list(assistant.id()).forEach(document -> write(out, document));
        exchange.json(200, out.closeArray().close());
    }

    void one(Exchange exchange) throws IOException {
        String id = exchange.context().pathParam("id");
        Assistant assistant = assistant(exchange);
        exchange.headers(admission.count(exchange.principal()));
        Document document = documents.find(assistant.id(), id).orElseThrow(() -> noSuch(id));
        JsonBuffer out = new JsonBuffer();
        write(out, document);
        exchange.json(200, out);
    }

    void delete(Exchange exchange) throws IOException {
        String id = exchange.context().pathParam("id");
        Assistant assistant = assistant(exchange);
        exchange.headers(admission.count(exchange.principal()));
        if (!documents.delete(assistant.id(), id)) {
            throw noSuch(id);
        }
        JsonBuffer out = new JsonBuffer();
        out.open().name("id").text(id).name("deleted").flag(true).close();
        exchange.json(200, out);
    }

    private static ApiException noSuch(String id) {
        return new ApiException(
                ErrorKind.NOT_FOUND,
                "The assistant has no document '" + (id.length() > 100 ? id.substring(0, 100) + "…" : id) + "'.",
                "id");
    }

    /** The key's own; an administrator names one. */
    private Assistant assistant(Exchange exchange) {
        Principal caller = exchange.principal();
        @Nullable String named = exchange.context().queryParam("assistant");
        if (caller.grant() != null && caller.grant().kind() == KeyKind.MANAGEMENT) {
            if (named == null || named.length() > ASSISTANT_CHARS_MAX) {
                throw new ApiException(
                        ErrorKind.MISSING_FIELD,
                        "A management key says whose documents it means: ?assistant=NAME.",
                        "assistant");
            }
            return assistants.named(named);
        }
        Assistant own = assistants.of(caller);
        if (named != null && !named.equals(own.name())) {
            throw new ApiException(
                    ErrorKind.KEY_NOT_FOR_THIS, "This key is bound to the assistant '" + own.name() + "' only.");
        }
        return own;
    }

    private static String freshId() {
        return String.format(
                Locale.ROOT, "doc_%016x", ThreadLocalRandom.current().nextLong());
    }

    private static void write(JsonBuffer out, Document document) {
        out.open().name("id").text(document.id());
        out.name("name").text(document.name());
        out.name("media_type").text(document.mediaType().text());
        out.name("bytes").number(document.bytes());
        out.name("characters").number(document.characters());
        out.name("passages").number(document.passages());
        out.name("created_at").text(document.createdAt().toString()).close();
    }
}
