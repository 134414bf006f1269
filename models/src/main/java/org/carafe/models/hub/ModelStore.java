package org.carafe.models.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Downloaded checkpoints on this machine: {@code ROOT/ORG--NAME/COMMIT/} holds a commit's files, {@code ROOT/ORG--NAME/REVISION.ref}
 * names the commit that a revision last meant, written once all its files are there. Processes exclude each other by a lock file.
 */
public final class ModelStore {
    private static final long SPARE_BYTES = 64L << 20;

    private final Path root;
    private final HubSettings settings;

    public ModelStore(Path root, HubSettings settings) {
        this.root = root;
        this.settings = settings;
    }

    /**
     * The path of a model's files (a folder, or a GGUF file), downloaded or completed first where they are not all there. Where the hub
     * can't be reached or refuses (a proxy's 403 looks like its own), what an earlier call completed serves.
     *
     * @throws HubUnreachableException the hub does not answer and the store has no complete copy
     * @throws HubException the hub has no such model, refuses it, or sends damaged files; or the disk has no room
     */
    public Path resolve(HubId id, DownloadProgress progress) throws IOException, InterruptedException {
        Path repository = root.resolve(id.folder());
        Files.createDirectories(repository);
        try (FileChannel channel = FileChannel.open(
                        repository.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel, id, progress);
                HubClient hub = new HubClient(settings)) {
            assert lock.isValid() : "one process downloads at a time";
            String commit;
            try {
                commit = hub.commit(id);
            } catch (HubException e) {
                return complete(repository, id).orElseThrow(() -> e);
            }
            Path folder = repository.resolve(commit);
            if (complete(repository, id).filter(path -> path.startsWith(folder)).isEmpty()) {
                download(hub, id, commit, folder, progress);
                writeReference(repository, id, commit);
            }
            return pathIn(folder, id).orElseThrow(() -> new HubException("nothing of " + id + " lies in " + folder));
        }
    }

    private static FileLock lock(FileChannel channel, HubId id, DownloadProgress progress) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            progress.waiting(id.toString());
            lock = channel.lock();
        }
        return lock;
    }

    private void download(HubClient hub, HubId id, String commit, Path folder, DownloadProgress progress)
            throws IOException, InterruptedException {
        List<HubFile> files = FileSelection.of(id, hub.files(id, commit));
        long total = 0;
        long present = 0;
        for (HubFile file : files) {
            total = Math.addExact(total, file.bytes());
            present += present(folder, file);
        }
        requireRoom(id, total - present);
        progress.started(id.toString(), present, total);
        FileDownload download = new FileDownload(settings, hub.transport(), id);
        long before = 0;
        for (HubFile file : files) {
            Path target = folder.resolve(file.path());
            if (!Files.exists(target) || Files.size(target) != file.bytes()) {
                long base = before;
                download.run(file, hub.content(id, commit, file), target, bytes -> progress.advanced(base + bytes));
            }
            before += file.bytes();
            progress.advanced(before);
        }
        progress.finished();
    }

    private static long present(Path folder, HubFile file) throws IOException {
        Path target = folder.resolve(file.path());
        if (Files.exists(target)) {
            return file.bytes();
        }
        Path part = FileDownload.partOf(target);
        return Files.exists(part) ? Math.min(file.bytes(), Files.size(part)) : 0;
    }

    private void requireRoom(HubId id, long bytes) throws IOException {
        long free = Files.getFileStore(root).getUsableSpace();
        if (bytes + SPARE_BYTES > free) {
            throw new HubException(id + " needs " + (bytes + SPARE_BYTES) + " bytes on the disk of " + root
                    + ", which has " + free + " free");
        }
    }

    private static Path reference(Path repository, HubId id) {
        String file = id.ggufFile() == null ? "" : "." + id.ggufFile();
        return repository.resolve(id.revision() + file + ".ref");
    }

    private static void writeReference(Path repository, HubId id, String commit) throws IOException {
        Path reference = reference(repository, id);
        Path fresh = reference.resolveSibling(reference.getFileName() + ".new");
        Files.writeString(fresh, commit);
        Files.move(fresh, reference, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<Path> complete(Path repository, HubId id) throws IOException {
        Path reference = reference(repository, id);
        return Files.exists(reference)
                ? pathIn(repository.resolve(Files.readString(reference).strip()), id)
                : Optional.empty();
    }

    /** The folder of a checkpoint, or the GGUF file in it. */
    private static Optional<Path> pathIn(Path folder, HubId id) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        if (id.ggufFile() != null) {
            Path file = folder.resolve(id.ggufFile());
            return Files.exists(file) ? Optional.of(file) : Optional.empty();
        }
        if (Files.exists(folder.resolve("config.json"))) {
            return Optional.of(folder);
        }
        try (var files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".gguf")).findFirst();
        }
    }
}
