package org.carafe.server.loading;

import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.server.config.SettingException;

/** Makes the runner that settings ask for. */
final class Runners {
    private static final double MICROS_PER_SECOND = 1e6;

    private Runners() {}

    static ModelRunner open(Checkpoint checkpoint, ModelSettings settings) {
        return switch (settings.runner()) {
            case auto, torch -> throw new SettingException("torch");
            case cuda ->
                throw new SettingException(
                        "--runner cuda: Carafe's own CUDA kernels are not part of this version; --runner torch runs on CUDA devices too");
            case synthetic -> synthetic(checkpoint, settings);
        };
    }

    private static ModelRunner synthetic(Checkpoint checkpoint, ModelSettings settings) {
        double rate = settings.syntheticTokensPerSecond();
        int stepMicros = rate == 0 ? 0 : (int) Math.round(MICROS_PER_SECOND / Math.max(rate, 0.001));
        SyntheticConfig config =
                SyntheticConfig.of(checkpoint.spec().vocabularySize()).withStepMicros(stepMicros);
        int context = settings.contextTokensMax().orElse(config.contextTokensMax());
        int blocks = Math.ceilDiv(context, config.blockTokens()) * settings.sequencesMax();
        return new SyntheticRunner(config.withContext(context, blocks));
    }
}
