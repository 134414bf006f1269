package org.carafe.server.openai;

/**
 * What every chunk and the whole answer begin with.
 *
 * @param id {@code chatcmpl-...} or {@code cmpl-...}
 * @param createdSeconds since 1970
 * @param model as the caller named it
 * @param systemFingerprint names the model with all that shapes its text, and its numeric mode
 */
public record AnswerFrame(String id, long createdSeconds, String model, String systemFingerprint) {
    void write(JsonBuffer out, String object) {
        out.name("id").text(id);
        out.name("object").text(object);
        out.name("created").number(createdSeconds);
        out.name("model").text(model);
        out.name("system_fingerprint").text(systemFingerprint);
    }
}
