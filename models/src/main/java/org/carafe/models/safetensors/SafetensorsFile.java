package org.carafe.models.safetensors;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.carafe.models.CheckpointException;
import org.carafe.models.tensor.MappedFile;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorFile;

/** One mapped safetensors file: a little-endian u64 header length, a JSON header, data (github.com/huggingface/safetensors). */
public final class SafetensorsFile implements TensorFile {
    /** The format's own limit. */
    private static final long HEADER_BYTES_MAX = 100_000_000;

    private static final int PREFIX_BYTES = 8;
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String label;
    private final MemorySegment data;
    private final Map<String, SafetensorsHeader.Entry> entries;

    private SafetensorsFile(String label, MemorySegment data, Map<String, SafetensorsHeader.Entry> entries) {
        this.label = label;
        this.data = data;
        this.entries = entries;
    }

    /**
     * Maps a file and checks its header.
     *
     * @param arena owns the mapping
     * @throws CheckpointException if it is not a whole, well-formed safetensors file
     */
    public static SafetensorsFile open(Path path, Arena arena) {
        return of(String.valueOf(path.getFileName()), MappedFile.map(path, arena));
    }

    /** Reads a file's bytes. */
    static SafetensorsFile of(String label, MemorySegment file) {
        long size = file.byteSize();
        if (size < PREFIX_BYTES) {
            throw new CheckpointException(
                    label + " is truncated: " + size + " bytes are less than a safetensors header");
        }
        refuseLfsPointer(label, file);
        long headerBytes = file.get(LENGTH, 0);
        if (headerBytes < 2 || headerBytes > HEADER_BYTES_MAX) {
            throw new CheckpointException(label + " is not a safetensors file: its header would have "
                    + Long.toUnsignedString(headerBytes) + " bytes (limit " + HEADER_BYTES_MAX + ")");
        }
        if (headerBytes > size - PREFIX_BYTES) {
            throw new CheckpointException(label + " is truncated: its header takes " + (PREFIX_BYTES + headerBytes)
                    + " bytes, the file holds " + size);
        }
        byte[] json = file.asSlice(PREFIX_BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = file.asSlice(PREFIX_BYTES + headerBytes);
        return new SafetensorsFile(label, data, SafetensorsHeader.parse(label, json, data.byteSize()));
    }

    @Override
    public Optional<Tensor> find(String name) {
        SafetensorsHeader.Entry entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(new Tensor(
                name,
                entry.type()
                        .tensorType()
                        .orElseThrow(() -> new CheckpointException(label + " has tensor " + name + " as " + entry.type()
                                + ", which is not supported; supported: F32, F16, BF16")),
                entry.shape(),
                data.asSlice(entry.begin(), entry.end() - entry.begin())));
    }

    @Override
    public String label() {
        return label;
    }

    /** A clone without git-lfs leaves text files of this form in place of weights. */
    private static void refuseLfsPointer(String label, MemorySegment file) {
        byte[] start = "version ".getBytes(StandardCharsets.US_ASCII);
        if (file.byteSize() < 1024 && MemorySegment.ofArray(start).mismatch(file.asSlice(0, start.length)) == -1) {
            throw new CheckpointException(label + " is a git-lfs pointer, not the weights; run git lfs pull");
        }
    }
}
