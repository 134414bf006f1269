package org.carafe.server.loading;

import org.carafe.inference.runner.ModelRunner;
import org.carafe.inference.synthetic.SyntheticConfig;
import org.carafe.inference.synthetic.SyntheticRunner;
import org.carafe.inference.torch.TorchOptions;
import org.carafe.inference.torch.TorchRunner;
import org.carafe.inference.torch.WeightFormat;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.server.config.SettingException;

/** Makes the runner that settings ask for. */
final class Runners {
    private static final double MICROS_PER_SECOND = 1e6;
    /** Blocks that pretend to hold KV still cost the heap up to 100 bytes each. */
    private static final int SYNTHETIC_BLOCKS_MAX = 1 << 23;

    private Runners() {}

    static ModelRunner open(Checkpoint checkpoint, ModelSettings settings, LoadProgress progress) {
        return switch (settings.runner()) {
            case auto, torch -> torch(checkpoint, settings, progress);
            case cuda ->
                throw new SettingException(
                        "--runner cuda: Carafe's own CUDA kernels are not part of this version; --runner torch runs on CUDA devices too");
            case synthetic -> synthetic(checkpoint, settings);
        };
    }

    private static ModelRunner torch(Checkpoint checkpoint, ModelSettings settings, LoadProgress progress) {
        WeightFormat format = switch (settings.dtype()) {
            case auto -> WeightFormat.of(checkpoint.weightType());
            case bf16 -> WeightFormat.BF16;
            case f32 -> WeightFormat.F32;
            case int8 -> WeightFormat.INT8;
            case int4 -> WeightFormat.INT4;
        };
        int limit = checkpoint.spec().contextTokensLimit();
        if (settings.contextTokensMax().orElse(0) > limit) {
            throw new SettingException(
                    "--max-context " + settings.contextTokensMax().getAsInt() + " is more than the model's " + limit);
        }
        return TorchRunner.load(
                checkpoint,
                TorchOptions.defaults()
                        .withDevice(settings.device())
                        .withFormat(format)
                        .withContextTokensMax(settings.contextTokensMax())
                        .withKvBytes(settings.kvBytes())
                        .withListener(progress::loaded));
    }

    private static ModelRunner synthetic(Checkpoint checkpoint, ModelSettings settings) {
        double rate = settings.syntheticTokensPerSecond();
        int stepMicros = rate == 0 ? 0 : (int) Math.round(MICROS_PER_SECOND / Math.max(rate, 0.001));
        SyntheticConfig config =
                SyntheticConfig.of(checkpoint.spec().vocabularySize()).withStepMicros(stepMicros);
        int context = settings.contextTokensMax().orElse(config.contextTokensMax());
        long blocks = (long) Math.ceilDiv(context, config.blockTokens()) * settings.sequencesMax();
        if (blocks > SYNTHETIC_BLOCKS_MAX) {
            throw new SettingException("--max-context " + context + " times --max-seqs " + settings.sequencesMax()
                    + " is more than the synthetic runner keeps track of: "
                    + (long) SYNTHETIC_BLOCKS_MAX * config.blockTokens() + " tokens");
        }
        return new SyntheticRunner(config.withContext(context, (int) blocks));
    }
}
