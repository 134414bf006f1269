package org.carafe.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The few settings that come from the environment, under the names that other tools of a user's machine have: {@code HF_ENDPOINT},
 * {@code HF_TOKEN}, {@code XDG_CACHE_HOME}. All others are flags: platforms set variables such as {@code CARAFE_PORT} on their own.
 *
 * @param hubToken null: none
 * @param cache where models and the demo checkpoint are kept
 */
public record Environment(URI hubEndpoint, @Nullable String hubToken, Path cache) {
    private static final String HUB = "https://huggingface.co";

    /** This process's environment. */
    public static Environment current() {
        return of(System.getenv(), System.getProperty("user.home"));
    }

    static Environment of(Map<String, String> variables, String home) {
        return new Environment(
                endpoint(variables.getOrDefault("HF_ENDPOINT", "")),
                blankToNull(variables.get("HF_TOKEN")),
                cache(variables, home));
    }

    private static URI endpoint(String text) {
        if (text.isBlank()) {
            return URI.create(HUB);
        }
        try {
            URI uri = new URI(text.strip());
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new SettingException("HF_ENDPOINT is no address: '" + text + "'");
        }
        throw new SettingException("HF_ENDPOINT must be such as https://hub.example.com, not '" + text + "'");
    }

    private static Path cache(Map<String, String> variables, String home) {
        String base = variables.getOrDefault("XDG_CACHE_HOME", "");
        try {
            // The XDG specification: a relative path is to be ignored.
            Path root = base.isBlank() || !Path.of(base).isAbsolute() ? Path.of(home, ".cache") : Path.of(base);
            return root.resolve("carafe");
        } catch (InvalidPathException e) {
            throw new SettingException("XDG_CACHE_HOME is no path: '" + base + "'");
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    @Override
    public String toString() {
        return "Environment[hub=" + hubEndpoint + ", token=" + (hubToken == null ? "none" : "set") + ", cache=" + cache
                + "]";
    }
}
