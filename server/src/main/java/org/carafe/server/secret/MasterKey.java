package org.carafe.server.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * 32 secret bytes, and what is done under them: HMAC-SHA-256 digests (keys at rest) and AES-256-GCM (what must be readable again), each
 * under a key of its own derived by HKDF (RFC 5869). Thread-safe. It is never logged and never in the database.
 */
public final class MasterKey {
    private static final int BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey digests;
    private final SecretKey seals;
    private final SecureRandom random = new SecureRandom();

    private MasterKey(byte[] key) {
        digests = derived(key, "carafe digests", "HmacSHA256");
        seals = derived(key, "carafe seals", "AES");
    }

    private static SecretKey derived(byte[] key, String purpose, String algorithm) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            algorithm,
                            HKDFParameterSpec.ofExtract().addIKM(key).thenExpand(purpose.getBytes(US_ASCII), BYTES));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Java 25 has HKDF", e);
        }
    }

    /** Of 32 bytes. */
    public static MasterKey of(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("a master key has " + BYTES + " bytes, not " + key.length);
        }
        return new MasterKey(key);
    }

    /**
     * The key of a server: from the environment, else from the file, which is made (readable by its owner only) where it is missing.
     *
     * @param environment value of {@code CARAFE_MASTER_KEY}, base64; null: not set
     * @throws IllegalArgumentException one line for the user, without the key
     */
    public static MasterKey load(@Nullable String environment, Path file) {
        if (environment != null && !environment.isBlank()) {
            return decode(environment, "CARAFE_MASTER_KEY");
        }
        try {
            if (Files.notExists(file)) {
                make(file);
            }
            return decode(Files.readString(file, US_ASCII), "the master key file " + file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the master key file " + file + ": " + e.getMessage(), e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        String line = Base64.getEncoder().encodeToString(key) + "\n";
        // Whole or not at all, as two processes may start at once: written aside, then linked to its name.
        Path aside = Files.createTempFile(
                directory,
                ".master",
                ".key",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                ByteBuffer text = ByteBuffer.wrap(line.getBytes(US_ASCII));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                // Before anything is made under it: no loss of power may leave keys in the ledger that nothing opens.
                channel.force(true);
            }
            Files.createLink(file, aside);
        } catch (FileAlreadyExistsException e) {
            return; // the other process's key it is
        } finally {
            Files.delete(aside);
        }
    }

    private static MasterKey decode(String text, String where) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " is not base64", e);
        }
        if (key.length != BYTES) {
            throw new IllegalArgumentException(where + " has " + key.length + " bytes; a master key has " + BYTES);
        }
        return new MasterKey(key);
    }

    /** HMAC-SHA-256 of a text; digests for different purposes never meet. */
    public byte[] digest(String purpose, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(digests);
            mac.update(purpose.getBytes(UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HMAC-SHA-256", e);
        }
    }

    /** Seals: a fresh nonce, the ciphertext and its tag. {@code context} is not in it, and must be the same to open it. */
    public byte[] seal(byte[] plain, String context) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, context);
            byte[] sealed = new byte[NONCE_BYTES + cipher.getOutputSize(plain.length)];
            System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has AES-GCM", e);
        }
    }

    /**
     * Opens what {@link #seal} sealed.
     *
     * @throws IllegalArgumentException another key or context, or it was changed
     */
    public byte[] open(byte[] sealed, String context) {
        if (sealed.length < NONCE_BYTES) {
            throw new IllegalArgumentException("too short to be sealed");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(sealed, 0, nonce, 0, NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, context)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot be opened with this master key", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(seals.getEncoded(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.getBytes(UTF_8));
        return cipher;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "MasterKey";
    }
}
