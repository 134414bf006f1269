package org.carafe.server.loading;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineClock;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.EngineListener;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.torch.TorchNatives;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;
import org.carafe.models.tokenizer.Tokenizer;

/** Opens a checkpoint, its tokenizer and a runner, and makes an engine of them. */
public final class ModelLoader {
    private ModelLoader() {}

    /**
     * Loads a model. The engine is not started.
     *
     * @throws org.carafe.models.CheckpointException the checkpoint cannot be used
     * @throws org.carafe.server.config.SettingException this build or machine cannot do what the settings ask for
     * @throws org.carafe.inference.runner.RunnerException the device refused
     */
    public static LoadedModel load(Path path, ModelSettings settings, EngineListener listener, LoadProgress progress) {
        ExitGuard guard = ExitGuard.armed();
        try {
            return load(path, settings, listener, progress, guard);
        } catch (RuntimeException | Error e) {
            guard.release();
            throw e;
        }
    }

    private static LoadedModel load(
            Path path, ModelSettings settings, EngineListener listener, LoadProgress progress, ExitGuard guard) {
        if (settings.runner() != RunnerChoice.synthetic) {
            // Half a second that the opening of the checkpoint can hide.
            TorchNatives.loadAhead();
        }
        Checkpoint checkpoint = Checkpoints.open(path);
        try {
            // Both take their time and neither needs the other.
            CompletableFuture<Tokenizer> tokenizer =
                    CompletableFuture.supplyAsync(() -> Tokenizer.of(checkpoint.text()));
            ModelRunner runner = Runners.open(checkpoint, settings, progress);
            try {
                Engine engine = new Engine(runner, engineConfig(settings), EngineClock.system(), listener);
                return new LoadedModel(checkpoint, join(tokenizer), engine, guard);
            } catch (RuntimeException | Error e) {
                runner.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    private static EngineConfig engineConfig(ModelSettings settings) {
        return EngineConfig.defaults()
                .withSequencesMax(settings.sequencesMax())
                .withPrefillTokensMax(settings.prefillTokensMax())
                .withWaitingMax(settings.waitingMax());
    }

    private static Tokenizer join(CompletableFuture<Tokenizer> tokenizer) {
        try {
            return tokenizer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
