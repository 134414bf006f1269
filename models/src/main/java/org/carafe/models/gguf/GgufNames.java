package org.carafe.models.gguf;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;
import org.carafe.models.architecture.TensorSource;

/** What llama.cpp calls the weights (gguf-py, {@code tensor_mapping.py}). */
public final class GgufNames {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Pattern EXPERT = Pattern.compile("block_sparse_moe\\.experts\\.(\\d+)\\.(w[123])");
    private static final Map<String, String> MODEL = Map.of(
            TensorNames.EMBEDDING, "token_embd.weight",
            TensorNames.FINAL_NORM, "output_norm.weight",
            TensorNames.OUTPUT_HEAD, "output.weight");
    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry(TensorNames.ATTENTION_NORM, "attn_norm"),
            Map.entry(TensorNames.QUERY, "attn_q"),
            Map.entry(TensorNames.KEY, "attn_k"),
            Map.entry(TensorNames.VALUE, "attn_v"),
            Map.entry(TensorNames.ATTENTION_OUTPUT, "attn_output"),
            Map.entry(TensorNames.QUERY_NORM, "attn_q_norm"),
            Map.entry(TensorNames.KEY_NORM, "attn_k_norm"),
            Map.entry(TensorNames.PRE_MLP_NORM, "ffn_norm"),
            Map.entry(TensorNames.POST_MLP_NORM, "post_ffw_norm"),
            Map.entry(TensorNames.GATE, "ffn_gate"),
            Map.entry(TensorNames.UP, "ffn_up"),
            Map.entry(TensorNames.DOWN, "ffn_down"),
            Map.entry(TensorNames.ROUTER, "ffn_gate_inp"));
    private static final Map<String, String> EXPERTS = Map.of("w1", "ffn_gate", "w2", "ffn_down", "w3", "ffn_up");

    private GgufNames() {}

    /** Where a GGUF file holds the weight of that {@link TensorNames} name, likeliest first. */
    public static List<TensorSource> sources(ModelSpec spec, String tensorName) {
        Matcher layer = LAYER.matcher(tensorName);
        if (!layer.matches()) {
            return List.of(TensorSource.whole(MODEL.getOrDefault(tensorName, tensorName)));
        }
        LayerSpec layerSpec = spec.layers().get(Integer.parseInt(layer.group(1)));
        String prefix = "blk." + layer.group(1) + ".";
        String suffix = "." + layer.group(3);
        Matcher expert = EXPERT.matcher(layer.group(2));
        if (expert.matches() && layerSpec.mlp() instanceof MlpSpec.Experts mlp) {
            // One tensor holds all experts; files of early 2024 have one each.
            String name = prefix + EXPERTS.get(expert.group(2));
            int index = Integer.parseInt(expert.group(1));
            return List.of(
                    new TensorSource(name + "_exps" + suffix, index, mlp.experts()),
                    TensorSource.whole(name + "." + index + suffix));
        }
        return List.of(TensorSource.whole(prefix + part(layerSpec, layer.group(2)) + suffix));
    }

    private static String part(LayerSpec layer, String part) {
        if (part.equals(TensorNames.POST_ATTENTION_NORM)) {
            return layer.sandwichNorms() ? "post_attention_norm" : "ffn_norm";
        }
        return PARTS.getOrDefault(part, part);
    }
}
