package org.carafe.models.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.models.CheckpointException;
import org.carafe.models.tensor.Tensor;

/**
 * Says with a GGUF file's metadata what config.json would, so that a family is defined once. Keys that llama.cpp requires are
 * required here, and its defaults hold where they differ from Hugging Face's.
 */
public final class GgufConfig {
    /** {@code general.architecture} to what Hugging Face calls it; llama is refined by what the file holds. */
    private static final Map<String, String> ARCHITECTURES = Map.of(
            "llama", "LlamaForCausalLM",
            "gemma", "GemmaForCausalLM",
            "gemma2", "Gemma2ForCausalLM",
            "gemma3", "Gemma3ForCausalLM");
    /** The 27B models of Gemma 2 and 3, known by their layers, scale queries by the hidden size per head; no key says so. */
    private static final Map<String, Long> LAYERS_OF_27B = Map.of("gemma2", 46L, "gemma3", 62L);

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;
    private final ObjectNode config = JsonNodeFactory.instance.objectNode();

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = metadata.text("general.architecture")
                .orElseThrow(() -> new CheckpointException(file.label() + ": general.architecture is missing"));
    }

    /**
     * The file's metadata in the terms of config.json.
     *
     * @throws CheckpointException naming an architecture that is not supported, or a key that is missing
     */
    public static ObjectNode of(GgufFile file) {
        return new GgufConfig(file).convert();
    }

    private ObjectNode convert() {
        refuseSplit();
        config.putArray("architectures").add(huggingFaceArchitecture());
        common();
        rope();
        switch (architecture) {
            case "gemma2" -> gemma2();
            case "gemma3" -> gemma3();
            default -> llama();
        }
        return config;
    }

    private String huggingFaceArchitecture() {
        String name = ARCHITECTURES.get(architecture);
        if (name == null) {
            throw bad("general.architecture is " + architecture
                    + ", which is not supported; supported: gemma, gemma2, gemma3, llama");
        }
        if (!architecture.equals("llama")) {
            return name;
        }
        if (hasExperts()) {
            return "MixtralForCausalLM";
        }
        return integer("attention.sliding_window").orElse(0L) > 0 ? "MistralForCausalLM" : name;
    }

    private void common() {
        long hidden = required("embedding_length");
        long heads = uniform("attention.head_count").orElseThrow(() -> missing("attention.head_count"));
        long headDim = integer("attention.key_length").orElse(heads > 0 ? hidden / heads : 0);
        for (String width : List.of("attention.value_length", "rope.dimension_count")) {
            long value = integer(width).orElse(headDim);
            if (value != headDim) {
                throw bad(key(width) + " is " + value + "; only the width of a head, " + headDim + ", is supported");
            }
        }
        config.put("vocab_size", embeddingRows());
        config.put("hidden_size", hidden);
        config.put("num_hidden_layers", required("block_count"));
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", uniform("attention.head_count_kv").orElse(heads));
        config.put("head_dim", headDim);
        config.put("max_position_embeddings", required("context_length"));
        config.put(
                "intermediate_size", uniform("feed_forward_length").orElseThrow(() -> missing("feed_forward_length")));
        config.put(
                "rms_norm_eps",
                number("attention.layer_norm_rms_epsilon")
                        .orElseThrow(() -> missing("attention.layer_norm_rms_epsilon")));
        config.put("tie_word_embeddings", !file.has("output.weight"));
    }

    private void rope() {
        config.put("rope_theta", number("rope.freq_base").orElse(10_000.0));
        String type = metadata.text(key("rope.scaling.type")).orElse("linear");
        Optional<Double> factor = number("rope.scaling.factor")
                .or(() -> number("rope.scale_linear"))
                .filter(value -> value != 0 && value != 1);
        switch (type) {
            case "none" -> {}
            case "linear" ->
                factor.ifPresent(value -> config.putObject("rope_scaling")
                        .put("rope_type", "linear")
                        .put("factor", value));
            default ->
                throw bad(
                        key("rope.scaling.type") + " is " + type + ", which is not supported; supported: none, linear");
        }
    }

    private void llama() {
        config.put("attention_bias", file.has("blk.0.attn_q.bias"));
        config.put("mlp_bias", file.has("blk.0.ffn_gate.bias"));
        integer("attention.sliding_window").ifPresent(window -> config.put("sliding_window", window));
        if (hasExperts()) {
            config.put("num_local_experts", required("expert_count"));
            config.put("num_experts_per_tok", required("expert_used_count"));
        }
    }

    private void gemma2() {
        config.put("sliding_window", integer("attention.sliding_window").orElse(4096L));
        config.put("attn_logit_softcapping", number("attn_logit_softcapping").orElse(50.0));
        config.put("final_logit_softcapping", number("final_logit_softcapping").orElse(30.0));
        queryScale();
    }

    private void gemma3() {
        config.put("sliding_window", required("attention.sliding_window"));
        config.put("final_logit_softcapping", number("final_logit_softcapping").orElse(0.0));
        config.put("rope_local_base_freq", number("rope.freq_base_swa").orElse(10_000.0));
        slidingPattern();
        queryScale();
    }

    /** Every so many layers a global one, or a flag per layer. */
    private void slidingPattern() {
        String name = "attention.sliding_window_pattern";
        Optional<List<?>> flags = metadata.list(key(name));
        if (flags.isEmpty()) {
            config.put("sliding_window_pattern", integer(name).orElse(6L));
            return;
        }
        for (Object sliding : flags.get()) {
            config.withArray("layer_types").add(Boolean.TRUE.equals(sliding) ? "sliding_attention" : "full_attention");
        }
    }

    private void queryScale() {
        long heads = Math.max(1, config.get("num_attention_heads").longValue());
        boolean is27b = LAYERS_OF_27B
                .get(architecture)
                .equals(config.get("num_hidden_layers").longValue());
        config.put(
                "query_pre_attn_scalar",
                is27b
                        ? config.get("hidden_size").longValue() / heads
                        : config.get("head_dim").longValue());
    }

    /** Rows of the embedding: what converters call the vocabulary's size is not always that. */
    private long embeddingRows() {
        Tensor embedding = file.find("token_embd.weight")
                .orElseThrow(() -> new CheckpointException(file.label() + " lacks the tensor token_embd.weight"));
        return embedding.shape().getFirst();
    }

    private void refuseSplit() {
        long parts = metadata.integer("split.count").orElse(1L);
        if (parts > 1) {
            throw new CheckpointException(file.label() + " is one of " + parts
                    + " parts of a split GGUF file; join them with: llama-gguf-split --merge FIRST-PART OUT.gguf");
        }
    }

    private boolean hasExperts() {
        return integer("expert_count").orElse(0L) > 0;
    }

    /** A number that some files give per layer. */
    private Optional<Long> uniform(String name) {
        Optional<List<?>> perLayer = metadata.list(key(name));
        if (perLayer.isEmpty()) {
            return integer(name);
        }
        if (perLayer.get().stream().distinct().count() == 1 && perLayer.get().getFirst() instanceof Long all) {
            return Optional.of(all);
        }
        throw bad(key(name) + " differs between layers, which is not supported");
    }

    private long required(String name) {
        return integer(name).orElseThrow(() -> missing(name));
    }

    private Optional<Long> integer(String name) {
        return metadata.integer(key(name));
    }

    private Optional<Double> number(String name) {
        return metadata.number(key(name));
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private CheckpointException missing(String name) {
        return bad(key(name) + " is missing");
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(file.label() + ": " + problem);
    }
}
