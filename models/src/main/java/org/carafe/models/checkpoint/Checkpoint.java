package org.carafe.models.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;
import org.carafe.models.tokenizer.TextAssets;
import org.jspecify.annotations.Nullable;

/** An opened checkpoint. Thread-safe; tensors stay valid until it is closed, as long as they are reachable. */
public interface Checkpoint extends AutoCloseable {
    /** What the model is. */
    ModelSpec spec();

    /** The type most of its weight bytes have: the natural one to compute in ({@code --dtype auto}). */
    TensorType weightType();

    /** Bytes of the model's weights as stored; what else a file holds (a vision tower) is not counted. */
    long weightBytes();

    /**
     * A weight by its {@link org.carafe.models.architecture.TensorNames} name, in the checkpoint's own type, zero-copy where the
     * file holds it that way. Query and key projections of GGUF files are copies with the rows in Hugging Face's order, freed by the
     * collector: who hands a tensor's address to native code keeps the tensor.
     *
     * @throws org.carafe.models.CheckpointException naming the missing tensor, or one whose shape is not {@code shape}
     */
    Tensor tensor(String name, long... shape);

    /** True if that weight is part of the model. */
    boolean hasTensor(String name);

    /** Tokenizer, chat template and special tokens as the files declare them. */
    TextAssets text();

    /** HF {@code generation_config.json}. */
    GenerationDefaults generation();

    /**
     * Names the weights (not their path), from the spec, every tensor's type and shape, and samples of its bytes: checkpoints that
     * differ in more than a few bytes differ in it. For {@code system_fingerprint}. Reads a few pages of the file when first called.
     */
    String fingerprint();

    @Override
    void close();

    /**
     * Sampling defaults and stop ids that a checkpoint brings; null where it says nothing.
     *
     * @param endTokenIds ids that end a generation ({@code eos_token_id}, one or many, of generation_config.json, else config.json)
     */
    record GenerationDefaults(
            List<Integer> endTokenIds,
            @Nullable Double temperature,
            @Nullable Double topP,
            OptionalInt topK,
            @Nullable Double minP,
            @Nullable Double repetitionPenalty) {
        public GenerationDefaults {
            endTokenIds = List.copyOf(endTokenIds);
        }
    }
}
