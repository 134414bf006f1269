/**
 * The {@code torch} runner: executes a {@link org.carafe.models.architecture.ModelSpec} by a TorchScript program (the {@code .py} files
 * beside this package) that DJL loads, on CPU and CUDA devices. Owns weights in use and KV memory; made by the server's loading.
 */
@NullMarked
package org.carafe.inference.torch;

import org.jspecify.annotations.NullMarked;
