package org.carafe.server.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.carafe.models.tokenizer.TextAssets;

/**
 * {@code system_fingerprint}: whatever of a checkpoint and its runner can change the text that a request and its seed get: weights,
 * tokenizer, chat templates, sampling defaults, numeric mode.
 */
public final class SystemFingerprint {
    private static final int DIGEST_CHARS = 16;

    private SystemFingerprint() {}

    /**
     * Of a model.
     *
     * @param weights {@code Checkpoint.fingerprint()}
     * @param runner {@code RunnerShape.name()}, which names the numeric mode
     */
    public static String of(String weights, TextAssets text, GenerationDefaults defaults, String runner) {
        MessageDigest digest = sha256();
        add(digest, weights);
        add(digest, text.tokenizerJson());
        // Ordered: a map's own order differs from process to process.
        new TreeMap<>(text.chatTemplates()).forEach((name, template) -> {
            add(digest, name);
            add(digest, template);
        });
        add(digest, text.beginToken() + "|" + text.endToken() + "|" + text.addBeginToken());
        // Records print their components: equal defaults, equal text.
        add(digest, defaults.toString());
        return "fp_" + HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_CHARS) + "_" + runner;
    }

    /** With its length before it: no two lists of texts are the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        digest.update((bytes.length + ":").getBytes(UTF_8));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
