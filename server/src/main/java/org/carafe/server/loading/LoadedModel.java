package org.carafe.server.loading;

import org.carafe.inference.engine.Engine;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.tokenizer.Tokenizer;

/**
 * A model that generates. Closing it stops the engine, which closes its runner, and unmaps the checkpoint. A process that ends without
 * closing it stops the engine first.
 */
public final class LoadedModel implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final Tokenizer tokenizer;
    private final Engine engine;
    private final ExitGuard guard;

    LoadedModel(Checkpoint checkpoint, Tokenizer tokenizer, Engine engine, ExitGuard guard) {
        this.checkpoint = checkpoint;
        this.tokenizer = tokenizer;
        this.engine = engine;
        this.guard = guard;
        guard.loaded(engine);
    }

    /** What it was loaded from; stays open as long as the model. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** The checkpoint's. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Not started yet. */
    public Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        engine.close();
        guard.release();
        checkpoint.close();
    }
}
