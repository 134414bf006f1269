/**
 * What a Llama, a Mixtral, a Gemma is: each family turns its config.json into one neutral {@link
 * org.carafe.models.architecture.ModelSpec} that every runner executes. Owns the mapping of config keys and tensor names;
 * called by {@code checkpoint} and by the runners.
 */
@NullMarked
package org.carafe.models.architecture;

import org.jspecify.annotations.NullMarked;
