package org.carafe.server.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** A command that a person can paste into a shell to see that all is well. */
final class Curl {
    private Curl() {}

    /**
     * The command.
     *
     * @param base such as {@code http://127.0.0.1:8080/v1}
     * @param chats false for a model without a chat template
     */
    static String line(String base, String model, boolean needsKey, boolean chats) {
        String name = new String(JsonStringEncoder.getInstance().quoteAsString(model));
        String question = chats
                ? "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]"
                : "\"prompt\":\"Once upon a time\"";
        String body = "{\"model\":\"" + name + "\"," + question + ",\"max_tokens\":64}";
        return "curl " + base + (chats ? "/chat/completions" : "/completions")
                + " -H 'Content-Type: application/json'"
                + (needsKey ? " -H 'Authorization: Bearer YOUR_KEY'" : "")
                + " -d '" + body.replace("'", "'\\''") + "'";
    }
}
