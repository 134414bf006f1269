package org.carafe.models.tensor;

import java.util.Optional;

/** Tensors by the names that a checkpoint's file (or set of files) gives them. Thread-safe. */
public interface TensorFile {
    /**
     * A tensor, mapped.
     *
     * @throws org.carafe.models.CheckpointException if it is there in an element type that Carafe does not read
     */
    Optional<Tensor> find(String name);

    /** What to call the file or directory in a message. */
    String label();
}
