package org.carafe.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The small checkpoints with a float64 reference's logits ({@code expected.json} in each), as directories. See their README. */
public final class GoldenCheckpoints {
    /** Their names. */
    public static final List<String> NAMES =
            List.of("llama2-untied", "llama31-tied", "mistral-window", "mixtral", "gemma2");

    private GoldenCheckpoints() {}

    /** A checkpoint's directory; read-only for tests. */
    public static Path directory(String name) {
        return path("golden/" + name);
    }

    /** Any file or directory among this module's test resources. */
    public static Path path(String resource) {
        URL url = Objects.requireNonNull(
                GoldenCheckpoints.class.getClassLoader().getResource(resource), "no test resource " + resource);
        try {
            URI uri = url.toURI();
            return uri.getScheme().equals("jar") ? extract(uri, resource) : Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Inside a jar (Maven's package phase) a checkpoint cannot be mapped. */
    private static Path extract(URI jar, String resource) {
        try (FileSystem archive = FileSystems.newFileSystem(jar, Map.of())) {
            Path target = Files.createTempDirectory("golden");
            target.toFile().deleteOnExit();
            try (Stream<Path> files = Files.walk(archive.getPath("/" + resource))) {
                for (Path file : files.toList()) {
                    Path copy = target.resolve(file.toString().substring(1));
                    if (Files.isDirectory(file)) {
                        createDirectories(target, copy);
                    } else {
                        createDirectories(target, copy.getParent());
                        Files.copy(file, copy);
                        copy.toFile().deleteOnExit();
                    }
                }
            }
            return target.resolve(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is made first is deleted last, when the JVM ends. */
    private static void createDirectories(Path root, Path directory) throws IOException {
        if (!directory.equals(root) && !Files.exists(directory)) {
            createDirectories(root, directory.getParent());
            Files.createDirectory(directory);
            directory.toFile().deleteOnExit();
        }
    }
}
