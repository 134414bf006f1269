package org.carafe.models.checkpoint;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Names a checkpoint's weights: SHA-256 over the spec, every tensor's name, type and shape, and a few samples of its bytes.
 * Reading them all would cost seconds; fine-tuning moves every matrix, so the samples differ.
 */
final class Fingerprint {
    private static final int SAMPLE_BYTES = 64;
    private static final int SAMPLES = 4;

    private final ModelSpec spec;
    private final List<Tensor> tensors;
    private @Nullable String value;

    Fingerprint(ModelSpec spec, List<Tensor> tensors) {
        this.spec = spec;
        this.tensors = tensors;
    }

    /** 64 hexadecimal digits. Computed once, since it touches the file. */
    synchronized String value() {
        if (value == null) {
            value = compute();
        }
        return value;
    }

    private String compute() {
        MessageDigest digest = sha256();
        // Records print their components: equal specs, equal text.
        digest.update(spec.toString().getBytes(StandardCharsets.UTF_8));
        for (Tensor tensor : tensors) {
            String header = tensor.name() + tensor.type() + tensor.shape();
            digest.update(header.getBytes(StandardCharsets.UTF_8));
            long size = tensor.data().byteSize();
            long length = Math.min(SAMPLE_BYTES, size);
            for (int i = 0; i < SAMPLES; i++) {
                long offset = (size - length) / (SAMPLES - 1) * i;
                digest.update(tensor.data().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
