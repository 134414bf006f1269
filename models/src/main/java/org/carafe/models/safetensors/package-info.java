/**
 * The safetensors file format: header checked in full, tensors as slices of the mapping, one file or shards with an index. Owns no
 * memory (the caller's arena does); called by {@code checkpoint}.
 */
@NullMarked
package org.carafe.models.safetensors;

import org.jspecify.annotations.NullMarked;
