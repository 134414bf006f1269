package org.carafe.models.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.models.CheckpointException;
import org.carafe.models.tensor.MappedFile;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorFile;
import org.carafe.models.tensor.TensorType;

/** A mapped GGUF file, version 2 or 3 (github.com/ggml-org/ggml, docs/gguf.md). Everything is checked against the file when opened. */
public final class GgufFile implements TensorFile {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final long TENSORS_MAX = 1_000_000;
    private static final String ALIGNMENT = "general.alignment";
    private static final long ALIGNMENT_DEFAULT = 32;
    private static final long ALIGNMENT_MAX = 1 << 20;

    private final String label;
    private final GgufMetadata metadata;
    private final MemorySegment data;
    private final Map<String, GgufTensorInfo> infos;

    private GgufFile(String label, GgufMetadata metadata, MemorySegment data, Map<String, GgufTensorInfo> infos) {
        this.label = label;
        this.metadata = metadata;
        this.data = data;
        this.infos = infos;
    }

    /**
     * Maps a file and checks its header.
     *
     * @param arena owns the mapping
     * @throws CheckpointException if it is not a whole, well-formed GGUF file
     */
    public static GgufFile open(Path path, Arena arena) {
        return of(String.valueOf(path.getFileName()), MappedFile.map(path, arena));
    }

    /** Reads a file's bytes. */
    static GgufFile of(String label, MemorySegment file) {
        GgufCursor cursor = new GgufCursor(label, file);
        if (file.byteSize() < Integer.BYTES || cursor.int32() != MAGIC) {
            throw cursor.bad("is not a GGUF file");
        }
        int version = cursor.int32();
        if (version != 2 && version != 3) {
            throw cursor.bad(
                    Integer.reverseBytes(version) == 3
                            ? "is a big-endian GGUF file, which is not supported"
                            : "is GGUF version " + Integer.toUnsignedString(version) + "; supported: 2 and 3");
        }
        long tensors = cursor.count("tensors", TENSORS_MAX);
        GgufMetadata metadata = GgufMetadata.read(label, cursor);
        List<GgufTensorInfo> infos = new ArrayList<>();
        for (long i = 0; i < tensors; i++) {
            infos.add(GgufTensorInfo.read(cursor));
        }
        long alignment = metadata.integer(ALIGNMENT).orElse(ALIGNMENT_DEFAULT);
        if (alignment > ALIGNMENT_MAX || Long.bitCount(alignment) != 1) {
            throw cursor.bad(
                    "has " + ALIGNMENT + " " + alignment + ", which is not a power of two up to " + ALIGNMENT_MAX);
        }
        long start = Math.min(Math.ceilDiv(cursor.position(), alignment) * alignment, file.byteSize());
        return new GgufFile(
                label,
                metadata,
                file.asSlice(start),
                GgufTensorInfo.checked(cursor, infos, alignment, start, file.byteSize()));
    }

    /** The key-value pairs. */
    public GgufMetadata metadata() {
        return metadata;
    }

    /** True if it holds that tensor. */
    public boolean has(String name) {
        return infos.containsKey(name);
    }

    @Override
    public Optional<Tensor> find(String name) {
        GgufTensorInfo info = infos.get(name);
        if (info == null) {
            return Optional.empty();
        }
        TensorType type = info.type().flatMap(GgufType::tensorType).orElseThrow(() -> unsupported(info));
        MemorySegment bytes = data.asSlice(info.offset(), type.bytes(Tensor.elements(info.shape())));
        return Optional.of(new Tensor(name, type, info.shape(), bytes));
    }

    private CheckpointException unsupported(GgufTensorInfo info) {
        String type =
                info.type().map(GgufType::name).orElseGet(() -> "ggml type " + Integer.toUnsignedString(info.typeId()));
        return new CheckpointException(
                label + " has tensor " + info.name() + " as " + type
                        + ", which is not supported; supported: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K");
    }

    @Override
    public String label() {
        return label;
    }
}
