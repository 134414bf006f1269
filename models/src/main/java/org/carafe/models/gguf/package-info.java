/**
 * The GGUF file format and llama.cpp's conventions in it: metadata, tensors as slices of the mapping, metadata as the config.json a
 * family reads, tensor names. Owns no memory (the caller's arena does); called by {@code checkpoint}.
 */
@NullMarked
package org.carafe.models.gguf;

import org.jspecify.annotations.NullMarked;
