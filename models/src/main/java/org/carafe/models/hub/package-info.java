/**
 * Checkpoints from a Hugging Face hub: listing, resumable and verified download, and the local store that keeps them. Owns the
 * store's folder, guarded by a lock file; called by the server at start.
 */
@NullMarked
package org.carafe.models.hub;

import org.jspecify.annotations.NullMarked;
