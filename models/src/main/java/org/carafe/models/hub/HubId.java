package org.carafe.models.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model on the hub: {@code ORG/NAME}, optionally {@code @REVISION} and, for a repository of GGUF files, {@code :FILE.gguf}.
 *
 * @param repository {@code ORG/NAME}
 * @param revision branch, tag or commit
 * @param ggufFile the one file to take; null: the repository's safetensors
 */
public record HubId(
        String repository, String revision, @Nullable String ggufFile) {
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95})"
                    + "(?:@([A-Za-z0-9][A-Za-z0-9_.-]{0,127}))?(?::([A-Za-z0-9][A-Za-z0-9_.-]{0,127}\\.gguf))?");

    /** The id that a text names, or empty where it has not the form of one. */
    public static Optional<HubId> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || text.contains("..")) {
            return Optional.empty();
        }
        String revision = matcher.group(2) == null ? "main" : matcher.group(2);
        return Optional.of(new HubId(matcher.group(1), revision, matcher.group(3)));
    }

    /** A folder name for the repository; no other repository has the same. */
    String folder() {
        return repository.replace("/", "--");
    }

    @Override
    public String toString() {
        return repository + (revision.equals("main") ? "" : "@" + revision) + (ggufFile == null ? "" : ":" + ggufFile);
    }
}
