package org.carafe.server.loading;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.carafe.inference.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * Makes a process that is told to end (Ctrl-C, {@code kill}, {@code System.exit}) wait for the step that runs, or for the loading:
 * libtorch's memory goes when the process exits, and whatever still computes with it then crashes. Thread-safe.
 */
final class ExitGuard {
    private static final long LOADING_MILLIS_MAX = 10_000;
    private static final long STEP_MILLIS_MAX = 10_000;

    private final CountDownLatch loaded = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("exit-guard").unstarted(this::exiting);
    private volatile @Nullable Engine engine;

    private ExitGuard() {}

    /** Guards from now on. */
    static ExitGuard armed() {
        ExitGuard guard = new ExitGuard();
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    /** The loading is over and this is what steps. */
    void loaded(Engine stepping) {
        engine = stepping;
        loaded.countDown();
    }

    /** There is nothing to wait for any more. */
    void release() {
        loaded.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and this may well be why it can.
            return;
        }
    }

    private void exiting() {
        try {
            if (!loaded.await(LOADING_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                return;
            }
            Engine stepping = engine;
            if (stepping != null) {
                Thread closing = Thread.ofPlatform().daemon().start(stepping::close);
                closing.join(STEP_MILLIS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
