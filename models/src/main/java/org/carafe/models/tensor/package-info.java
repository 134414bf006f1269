/**
 * Named tensors as they lie in a checkpoint's files: dtype, shape and mapped bytes, nothing computed. Owns no memory of its own;
 * called by {@code checkpoint} readers and by runners that load weights.
 */
@NullMarked
package org.carafe.models.tensor;

import org.jspecify.annotations.NullMarked;
