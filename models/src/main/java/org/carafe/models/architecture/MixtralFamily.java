package org.carafe.models.architecture;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Mixtral 8x7B, 8x22B: Mistral with a choice of experts in each layer. HF {@code MixtralConfig}. */
final class MixtralFamily implements ModelFamily {
    private static final CommonConfig.Defaults DEFAULTS =
            new CommonConfig.Defaults(32000, 4096, 14336, 32, 32, 8, 0, 4096 * 32, 1e-5, false);
    private static final int EXPERTS_MAX = 1024;
    private static final Pattern EXPERT =
            Pattern.compile("(.*)block_sparse_moe\\.experts\\.(\\d+)\\.w([123])\\.weight");

    @Override
    public Set<String> architectures() {
        return Set.of("MixtralForCausalLM");
    }

    @Override
    public ModelSpec spec(String declared, ConfigReader config) {
        CommonConfig common = new CommonConfig(config, DEFAULTS);
        String expertsKey =
                config.has("num_experts") && !config.has("num_local_experts") ? "num_experts" : "num_local_experts";
        int experts = config.integer(expertsKey, 1, EXPERTS_MAX, 8);
        MlpSpec mlp = new MlpSpec.Experts(
                common.intermediateSize(),
                common.activation("hidden_act", "silu"),
                experts,
                config.integer("num_experts_per_tok", 1, experts, Math.min(2, experts)));
        return new ModelSpec(
                declared,
                common.hiddenSize(),
                common.vocabularySize(),
                common.contextTokensMax(),
                1,
                new NormSpec(common.epsilon(), false),
                common.repeat(new LayerSpec(MistralFamily.attention(common, 0, 1_000_000), mlp, false)),
                0,
                common.tiedEmbeddings());
    }

    /** Besides a tensor per expert there are files with all of a layer's experts in one, gate above up (transformers 5). */
    @Override
    public List<TensorSource> sources(ModelSpec spec, String tensorName) {
        TensorSource classic = TensorSource.whole(tensorName);
        Matcher expert = EXPERT.matcher(tensorName);
        if (expert.matches() && spec.layers().getFirst().mlp() instanceof MlpSpec.Experts mlp) {
            String prefix = expert.group(1) + "mlp.experts.";
            int index = Integer.parseInt(expert.group(2));
            return switch (expert.group(3)) {
                case "1" -> List.of(classic, new TensorSource(prefix + "gate_up_proj", 2 * index, 2 * mlp.experts()));
                case "3" ->
                    List.of(classic, new TensorSource(prefix + "gate_up_proj", 2 * index + 1, 2 * mlp.experts()));
                default -> List.of(classic, new TensorSource(prefix + "down_proj", index, mlp.experts()));
            };
        }
        return List.of(classic, TensorSource.whole(tensorName.replace("block_sparse_moe.gate.", "mlp.gate.")));
    }

    @Override
    public int defaultEndTokenId() {
        return 2;
    }
}
