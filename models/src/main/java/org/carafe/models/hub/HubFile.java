package org.carafe.models.hub;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A file of a repository as the hub lists it.
 *
 * @param path inside the repository; safe to resolve against a folder
 * @param bytes its size
 * @param digest what its content must hash to
 */
record HubFile(String path, long bytes, Digest digest) {
    /** At most three plain names: nothing that leaves the folder it is resolved against, nothing hidden. */
    private static final Pattern SAFE =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}(?:/[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}){0,2}");

    /** A file no checkpoint has; sizes below it add up without overflow. */
    private static final long BYTES_MAX = 1L << 44;

    HubFile {
        if (bytes < 0 || bytes > BYTES_MAX) {
            throw new HubException("the hub lists " + path + " with a size of " + bytes + " bytes");
        }
    }

    /** A content hash; hexadecimal. */
    sealed interface Digest {
        String hex();
    }

    /** SHA-256 of the content (files in large-file storage). */
    record Sha256(String hex) implements Digest {
        Sha256 {
            requireHex(hex, 64);
        }
    }

    /** SHA-1 of git's blob header and the content (files in git itself). */
    record GitBlob(String hex) implements Digest {
        GitBlob {
            requireHex(hex, 40);
        }
    }

    static boolean isSafe(String path) {
        return SAFE.matcher(path).matches();
    }

    /** The name's part after the last slash, lower case. */
    String lowerName() {
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    private static void requireHex(String hex, int length) {
        if (hex.length() != length || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw new HubException(
                    "the hub lists a hash that is none: '" + hex.substring(0, Math.min(80, hex.length())) + "'");
        }
    }
}
