/**
 * Checkpoints on disk: Hugging Face directories and GGUF files, checked once when opened. Owns the file mappings until {@link
 * org.carafe.models.checkpoint.Checkpoint#close()}; called by the server at start and by runners.
 */
@NullMarked
package org.carafe.models.checkpoint;

import org.jspecify.annotations.NullMarked;
