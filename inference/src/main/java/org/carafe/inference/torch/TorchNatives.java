package org.carafe.inference.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import org.carafe.inference.runner.RunnerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtorch through DJL. Takes about half a second, so a server calls {@link #loadAhead} while it does something else. */
public final class TorchNatives {
    private static final Logger LOG = LoggerFactory.getLogger(TorchNatives.class);
    static final String ENGINE = "PyTorch";

    private TorchNatives() {}

    /** Begins to load in the background. What fails is told by {@link #load}. */
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("torch-natives").start(() -> {
            try {
                load();
            } catch (RunnerException e) {
                LOG.debug("native libraries", e);
            }
        });
    }

    /**
     * Loads the native libraries once per process. Any thread.
     *
     * @throws RunnerException they are missing, or not for this machine
     */
    public static Engine load() {
        // DJL would report its use to a web service.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
        // Re-specializing the program for every new batch shape costs more than it gains.
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        try {
            return Engine.getEngine(ENGINE);
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw new RunnerException("PyTorch's native libraries cannot be loaded: " + Torch.firstLine(e), e);
        }
    }
}
