package org.carafe.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Whether a file's content is what the hub lists. */
final class ContentHash {
    private static final int BUFFER_BYTES = 1 << 20;

    private ContentHash() {}

    static boolean matches(Path path, HubFile file) throws IOException {
        MessageDigest digest = switch (file.digest()) {
            case HubFile.Sha256 sha -> digest("SHA-256");
            case HubFile.GitBlob blob -> {
                MessageDigest sha1 = digest("SHA-1");
                sha1.update(("blob " + file.bytes() + "\0").getBytes(StandardCharsets.US_ASCII));
                yield sha1;
            }
        };
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of()
                .formatHex(digest.digest())
                .equalsIgnoreCase(file.digest().hex());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }
}
