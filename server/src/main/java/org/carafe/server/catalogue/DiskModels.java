package org.carafe.server.catalogue;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints in a directory: {@code NAME}, {@code NAME.gguf}, and one level deeper {@code ORG/NAME}; a model's id is its path
 * without {@code .gguf}. The directory may be a {@link HubCache}, too. What is no checkpoint is passed over; one that cannot be read is told
 * in the log and passed over too.
 */
public final class DiskModels {
    private static final Logger LOG = LoggerFactory.getLogger(DiskModels.class);
    private static final String GGUF = ".gguf";
    /** A directory with more entries is not one of models. */
    static final int ENTRIES_MAX = 1000;

    private DiskModels() {}

    /** The models of a directory, by name; none where there is no such directory. */
    public static List<CatalogueModel> in(Path directory) {
        List<CatalogueModel> models = new ArrayList<>();
        for (Path entry : entries(directory)) {
            if (isCheckpoint(entry)) {
                add(models, directory.relativize(entry).toString(), entry);
            } else if (HubCache.isRepository(entry)) {
                addCached(models, entry);
            } else if (Files.isDirectory(entry)) {
                for (Path deeper : checkpoints(entry)) {
                    add(models, directory.relativize(deeper).toString(), deeper);
                }
            }
        }
        return models;
    }

    private static void addCached(List<CatalogueModel> models, Path repository) {
        String id = HubCache.id(repository);
        HubCache.snapshot(repository, entries(HubCache.snapshots(repository))).ifPresent(snapshot -> {
            if (isCheckpoint(snapshot)) {
                add(models, id, snapshot);
            } else {
                for (Path file : checkpoints(snapshot)) {
                    add(models, id + "/" + file.getFileName(), file);
                }
            }
        });
    }

    private static List<Path> checkpoints(Path directory) {
        return entries(directory).stream().filter(DiskModels::isCheckpoint).toList();
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path entry : stream) {
                if (entries.size() == ENTRIES_MAX) {
                    LOG.warn("{} has more than {} entries; the rest is not looked at", directory, ENTRIES_MAX);
                    break;
                }
                entries.add(entry);
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("{} cannot be listed: {}", directory, e.getMessage());
        }
        entries.sort(null);
        return entries;
    }

    private static boolean isCheckpoint(Path path) {
        return Files.isRegularFile(path.resolve("config.json")) || (isGguf(path) && Files.isRegularFile(path));
    }

    private static boolean isGguf(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(GGUF);
    }

    private static void add(List<CatalogueModel> models, String name, Path path) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            String relative = name.replace('\\', '/');
            String id = isGguf(path) ? relative.substring(0, relative.length() - GGUF.length()) : relative;
            int context = checkpoint.spec().contextTokensLimit();
            if (id.length() > CatalogueModel.ID_CHARS_MAX) {
                LOG.warn("{} is not listed: its name is longer than {}", path, CatalogueModel.ID_CHARS_MAX);
                return;
            }
            Set<Capability> capabilities =
                    EnumSet.of(Capability.COMPLETIONS, Capability.STREAMING, Capability.LOGPROBS);
            if (!checkpoint.text().chatTemplates().isEmpty()) {
                capabilities.add(Capability.CHAT);
            }
            // A prompt has at least one token.
            models.add(new CatalogueModel(
                    id, id, path.toString(), context, Math.max(1, context - 1), capabilities, null, List.of()));
        } catch (CheckpointException e) {
            LOG.warn("{} is not listed: {}", path, e.getMessage());
        }
    }
}
