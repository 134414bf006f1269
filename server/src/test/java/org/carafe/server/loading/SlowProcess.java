package org.carafe.server.loading;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.Engine;
import org.carafe.inference.engine.EngineConfig;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.runner.BatchPlan;
import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.runner.RunnerShape;
import org.carafe.inference.runner.StepResult;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.SamplingParams;

/** Loads or steps for a while, as told, and says on stdout when that begins and ends. */
final class SlowProcess {
    private static final long SLOW_MILLIS = 700;

    private SlowProcess() {}

    public static void main(String[] arguments) {
        boolean loading = arguments[0].equals("loading");
        ExitGuard guard = ExitGuard.armed();
        if (loading) {
            System.out.println("loading");
            pause();
            System.out.println("loaded");
        }
        Engine engine = new Engine(new SlowRunner(), EngineConfig.defaults());
        guard.loaded(engine);
        if (!loading) {
            engine.start();
            engine.submit(new GenerationRequest(
                    "request", "account", IntList.of(1), SamplingParams.greedy(), 50, Set.of(), 0, null, -1));
        }
        pause();
    }

    private static void pause() {
        try {
            Thread.sleep(SLOW_MILLIS);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        }
    }

    private static final class SlowRunner implements ModelRunner {
        @Override
        public RunnerShape shape() {
            return new RunnerShape("slow", 10, 64, 16, 16, 0, 0);
        }

        @Override
        public StepResult step(BatchPlan plan) {
            System.out.println("begun");
            pause();
            System.out.println("ended");
            int slices = plan.slices().size();
            return new StepResult(
                    Collections.nCopies(slices, new SampledToken(1, null)), Collections.nCopies(slices, List.of()));
        }

        @Override
        public void close() {
            System.out.println("closed");
        }
    }
}
