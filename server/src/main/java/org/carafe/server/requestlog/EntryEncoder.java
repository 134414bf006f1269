package org.carafe.server.requestlog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import org.carafe.server.ledger.Credits;

/** Entries as lines of JSON in ASCII: whatever a caller put into a text, a line stays one line for every reader. */
final class EntryEncoder {
    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Appends a line. */
    void encode(RequestEntry entry, ByteArrayOutputStream out) throws IOException {
        try (JsonGenerator generator = json.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            generator.writeStringField("time", entry.time().toString());
            generator.writeStringField("request_id", entry.requestId());
            generator.writeStringField("account", entry.account());
            generator.writeStringField("key", entry.key());
            generator.writeStringField("key_prefix", entry.keyPrefix());
            generator.writeStringField("method", entry.method());
            generator.writeStringField("route", entry.route());
            generator.writeStringField("model", entry.model());
            generator.writeNumberField("status", entry.status());
            generator.writeStringField("error", entry.error());
            generator.writeBooleanField("streamed", entry.streamed());
            generator.writeBooleanField("client_gone", entry.clientGone());
            RequestEntry.Tokens tokens = entry.tokens();
            if (tokens != null) {
                generator.writeNumberField("prompt_tokens", tokens.prompt());
                generator.writeNumberField("cached_tokens", tokens.cached());
                generator.writeNumberField("completion_tokens", tokens.completion());
                generator.writeFieldName("cost");
                generator.writeNumber(Credits.show(tokens.costMicros()));
            }
            Long first = entry.timing().firstTokenNanos();
            if (first != null) {
                millis(generator, "first_token_ms", first);
            }
            millis(generator, "total_ms", entry.timing().totalNanos());
            RequestEntry.Texts texts = entry.texts();
            if (texts != null) {
                generator.writeStringField("prompt", texts.prompt());
                generator.writeArrayFieldStart("answers");
                for (String answer : texts.answers()) {
                    generator.writeString(answer);
                }
                generator.writeEndArray();
            }
            generator.writeEndObject();
        }
        out.write('\n');
    }

    private static void millis(JsonGenerator generator, String name, long nanos) throws IOException {
        generator.writeNumberField(name, BigDecimal.valueOf(nanos / 1000, 3));
    }
}
