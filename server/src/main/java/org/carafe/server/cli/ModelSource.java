package org.carafe.server.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.carafe.models.demo.DemoCheckpoint;
import org.carafe.models.hub.HubException;
import org.carafe.models.hub.HubId;
import org.carafe.models.hub.HubSettings;
import org.carafe.models.hub.ModelStore;
import org.carafe.server.config.Environment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the checkpoint to serve: a path, a model of the hub, or, when nothing else can be had, the bundled demo. */
final class ModelSource {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSource.class);
    private static final HubId USUAL =
            HubId.parse("HuggingFaceTB/SmolLM2-360M-Instruct").orElseThrow();

    private final Environment environment;

    ModelSource(Environment environment) {
        this.environment = environment;
    }

    /**
     * A checkpoint that is on this machine.
     *
     * @param name under which it is served, unless another is asked for
     */
    record Found(Path path, String name) {}

    /** The same as {@link #find}, where that takes no network. */
    Optional<Found> here(@Nullable String asked, boolean needsWeights) {
        if (asked == null) {
            return needsWeights ? Optional.empty() : Optional.of(demo());
        }
        Path path = path(asked);
        return path != null && Files.exists(path) ? Optional.of(new Found(path, nameOf(path))) : Optional.empty();
    }

    /**
     * The checkpoint that was asked for, downloaded where it is not here yet.
     *
     * @param asked a path or hub id; null: the usual small model
     * @param needsWeights false for a runner that only pretends: then the demo's tokenizer will do
     */
    Found find(@Nullable String asked, boolean needsWeights) throws InterruptedException {
        Optional<Found> here = here(asked, needsWeights);
        if (here.isPresent()) {
            return here.get();
        }
        if (asked == null) {
            return usual();
        }
        Optional<HubId> id = HubId.parse(asked);
        if (id.isEmpty() || asked.startsWith(".")) {
            throw new UserException("--model " + asked + ": no such directory or file");
        }
        try {
            return download(id.get());
        } catch (HubException e) {
            throw new UserException(
                    "--model " + asked + ": no such directory, and not from the hub: " + e.getMessage(), e);
        }
    }

    private Found usual() throws InterruptedException {
        try {
            return download(USUAL);
        } catch (HubException e) {
            // Nobody asked for this model, and a proxy's refusal looks like the hub's: whatever is wrong, there is
            // something to try.
            LOG.warn("{}", e.getMessage());
            LOG.warn(
                    "serving the bundled demo instead of {}: tiny, random weights, its answers are noise; --model DIR serves a real one",
                    USUAL);
            return demo();
        }
    }

    private Found download(HubId id) throws InterruptedException {
        ModelStore store = new ModelStore(
                environment.cache().resolve("models"),
                HubSettings.of(environment.hubEndpoint(), environment.hubToken()));
        try (DownloadBar bar = new DownloadBar()) {
            return new Found(store.resolve(id, bar), id.repository());
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private Found demo() {
        Path folder = environment.cache().resolve("demo-" + VersionCommand.version());
        try {
            return new Found(DemoCheckpoint.extractTo(folder), DemoCheckpoint.NAME);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Network errors are the hub's exceptions: what is left is this machine's disk. */
    private UserException unusable(IOException e) {
        String reason = switch (e) {
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case FileAlreadyExistsException file -> file.getFile() + " is no folder";
            case FileSystemException file when file.getReason() != null -> file.getFile() + ": " + file.getReason();
            default -> String.valueOf(e.getMessage());
        };
        return new UserException(
                "the cache folder " + environment.cache() + " cannot be written: " + reason
                        + "; XDG_CACHE_HOME names another place",
                e);
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static String nameOf(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "model" : last.toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }
}
