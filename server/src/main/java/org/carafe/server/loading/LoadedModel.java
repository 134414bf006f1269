package org.carafe.server.loading;

import org.carafe.inference.engine.Engine;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tokenizer.Tokenizer;

/**
 * A model that generates. Closing it stops the engine, which closes its runner, and unmaps the checkpoint.
 *
 * @param engine not started yet
 */
public record LoadedModel(Checkpoint checkpoint, Tokenizer tokenizer, Engine engine) implements AutoCloseable {
    @Override
    public void close() {
        engine.close();
        checkpoint.close();
    }
}
