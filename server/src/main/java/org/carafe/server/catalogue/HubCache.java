package org.carafe.server.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A repository in the cache of Hugging Face's own tools: {@code models--ORG--NAME/snapshots/REVISION}, with links to blobs beside it, and
 * {@code refs/main} that names the revision.
 */
final class HubCache {
    private static final Logger LOG = LoggerFactory.getLogger(HubCache.class);
    private static final String PREFIX = "models--";
    private static final int REVISION_BYTES_MAX = 255;
    /** One name of a directory. */
    private static final Pattern REVISION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]*");

    private HubCache() {}

    /** Whether a directory is such a repository, by its name. */
    static boolean isRepository(Path directory) {
        return name(directory).startsWith(PREFIX);
    }

    /** {@code ORG/NAME}, or {@code NAME} of a repository that is nobody's. */
    static String id(Path repository) {
        // No name on the hub has two dashes in a row.
        return name(repository).substring(PREFIX.length()).replaceFirst("--", "/");
    }

    private static String name(Path directory) {
        return String.valueOf(directory.getFileName());
    }

    /** The snapshot that {@code main} is; where no reference says so, the one that was made last. */
    static Optional<Path> snapshot(Path repository, List<Path> snapshots) {
        Optional<Path> main = main(repository).filter(snapshots::contains);
        return main.isPresent() ? main : snapshots.stream().max(Comparator.comparing(HubCache::madeAt));
    }

    private static Optional<Path> main(Path repository) {
        Path reference = repository.resolve("refs").resolve("main");
        if (!Files.isRegularFile(reference)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(reference)) {
            String revision = new String(in.readNBytes(REVISION_BYTES_MAX), UTF_8).strip();
            return REVISION.matcher(revision).matches()
                    ? Optional.of(snapshots(repository).resolve(revision))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", reference, e.getMessage());
            return Optional.empty();
        }
    }

    static Path snapshots(Path repository) {
        return repository.resolve("snapshots");
    }

    private static FileTime madeAt(Path snapshot) {
        try {
            return Files.getLastModifiedTime(snapshot);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
