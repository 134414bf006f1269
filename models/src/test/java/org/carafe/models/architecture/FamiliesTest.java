package org.carafe.models.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.carafe.models.CheckpointException;
import org.carafe.models.architecture.MlpSpec.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FamiliesTest {
    private static final String LLAMA = "{\"architectures\": [\"LlamaForCausalLM\"]";

    @Test
    void absentKeysTakeTheDefaultsOfLlamaConfig() {
        ModelSpec spec = spec(LLAMA + "}");
        AttentionSpec attention = spec.layers().getFirst().attention();
        assertThat(spec.layers()).hasSize(32);
        assertThat(spec.hiddenSize()).isEqualTo(4096);
        assertThat(spec.vocabularySize()).isEqualTo(32_000);
        assertThat(spec.contextTokensMax()).isEqualTo(2048);
        assertThat(spec.norm()).isEqualTo(new NormSpec(1e-6, false));
        assertThat(spec.tiedEmbeddings()).isFalse();
        assertThat(attention)
                .isEqualTo(new AttentionSpec(
                        32,
                        32,
                        128,
                        1 / Math.sqrt(128),
                        0,
                        0,
                        new RopeSpec(10_000, new RopeScaling.None()),
                        false,
                        false,
                        false));
        assertThat(spec.layers().getFirst().mlp()).isEqualTo(new MlpSpec.Gated(11_008, Activation.SILU, false));
    }

    @Test
    void aLlamaWithBiasesHasThemInItsPlan() {
        ModelSpec spec = spec(LLAMA + ", \"attention_bias\": true, \"mlp_bias\": true, \"num_hidden_layers\": 1,"
                + " \"hidden_size\": 64, \"num_attention_heads\": 4, \"head_dim\": 32, \"tie_word_embeddings\": true}");
        List<String> names = TensorPlan.of(spec).entries().stream()
                .map(TensorPlan.Entry::name)
                .toList();
        assertThat(names)
                .contains(
                        "model.layers.0.self_attn.q_proj.bias",
                        "model.layers.0.self_attn.o_proj.bias",
                        "model.layers.0.mlp.down_proj.bias")
                .doesNotContain("lm_head.weight")
                .doesNotHaveDuplicates();
        assertThat(TensorPlan.of(spec).entries())
                .contains(new TensorPlan.Entry("model.layers.0.self_attn.o_proj.weight", List.of(64L, 128L)));
    }

    @Test
    void ropeScalingIsReadInEveryFormThatTransformersWrote() {
        RopeScaling llama3 = new RopeScaling.Llama3(32, 1, 4, 8192);
        String values = "\"factor\": 32.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
                + " \"original_max_position_embeddings\": 8192, ";
        assertThat(rope("\"rope_theta\": 500000.0, \"rope_scaling\": {" + values + "\"rope_type\": \"llama3\"}"))
                .isEqualTo(new RopeSpec(500_000, llama3));
        assertThat(rope("\"rope_theta\": 500000.0, \"rope_scaling\": {" + values + "\"type\": \"llama3\"}"))
                .isEqualTo(new RopeSpec(500_000, llama3));
        assertThat(rope("\"rope_parameters\": {" + values + "\"rope_theta\": 500000.0, \"rope_type\": \"llama3\"}"))
                .isEqualTo(new RopeSpec(500_000, llama3));
        assertThat(rope("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}"))
                .isEqualTo(new RopeSpec(10_000, new RopeScaling.Linear(4)));
        assertThat(
                        rope(
                                "\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}, \"max_position_embeddings\": 4096"))
                .isEqualTo(new RopeSpec(10_000, new RopeScaling.Dynamic(2, 4096)));
        assertThat(rope("\"rope_scaling\": null")).isEqualTo(new RopeSpec(10_000, new RopeScaling.None()));
        assertThat(rope("\"rope_parameters\": {\"rope_theta\": 7.5, \"rope_type\": \"default\"}"))
                .isEqualTo(new RopeSpec(7.5, new RopeScaling.None()));
    }

    @Test
    void dynamicScalingLetsContextsGrowByItsFactorAndOthersDoNot() {
        String declared = LLAMA + ", \"max_position_embeddings\": 4096, \"rope_scaling\": {\"factor\": 2.5, ";
        ModelSpec dynamic = spec(declared + "\"type\": \"dynamic\", \"original_max_position_embeddings\": 512}}");
        assertThat(dynamic.contextTokensMax()).isEqualTo(4096);
        assertThat(dynamic.contextTokensLimit()).isEqualTo(10_240);
        assertThat(spec(declared + "\"type\": \"linear\"}}").contextTokensLimit())
                .isEqualTo(4096);
        assertThat(spec(LLAMA + "}").contextTokensLimit()).isEqualTo(2048);
    }

    @Test
    void aDynamicBaseGrowsAsTransformersComputesIt() {
        RopeSpec rope = rope("\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}");
        // 10000 * (2 * 4096 / 2048 - 1) ** (64 / 62), and the second of its 32 inverse frequencies.
        assertThat(rope.inverseFrequencies(64, 4096)[1]).isCloseTo(0.723784, within(1e-6));
        assertThat(rope.inverseFrequencies(64, 2048))
                .isEqualTo(rope("\"rope_scaling\": null").inverseFrequencies(64, 99));
    }

    @Test
    void aMistralHasAWindowUnlessItSaysNull() {
        String mistral = "{\"architectures\": [\"MistralForCausalLM\"]";
        assertThat(window(mistral + "}")).isEqualTo(4096);
        assertThat(window(mistral + ", \"sliding_window\": null}")).isZero();
        assertThat(window(mistral + ", \"sliding_window\": 77}")).isEqualTo(77);
        assertThat(spec(mistral + "}").layers().getFirst().attention().kvHeads())
                .isEqualTo(8);
        assertThat(spec(mistral + ", \"num_key_value_heads\": null}")
                        .layers()
                        .getFirst()
                        .attention()
                        .kvHeads())
                .isEqualTo(32);
    }

    @Test
    void aMixtralFindsFusedExpertsToo() {
        Families.Resolved mixtral = resolve("{\"architectures\": [\"MixtralForCausalLM\"], \"num_local_experts\": 4,"
                + " \"num_experts_per_tok\": 3}");
        assertThat(mixtral.spec().layers().getFirst().mlp())
                .isEqualTo(new MlpSpec.Experts(14_336, Activation.SILU, 4, 3));
        assertThat(mixtral.spec().layers().getFirst().attention().rope().theta())
                .isEqualTo(1_000_000);
        assertThat(mixtral.family().sources(mixtral.spec(), "model.layers.1.block_sparse_moe.experts.2.w3.weight"))
                .containsExactly(
                        TensorSource.whole("model.layers.1.block_sparse_moe.experts.2.w3.weight"),
                        new TensorSource("model.layers.1.mlp.experts.gate_up_proj", 5, 8));
        assertThat(mixtral.family().sources(mixtral.spec(), "model.layers.0.block_sparse_moe.gate.weight"))
                .contains(TensorSource.whole("model.layers.0.mlp.gate.weight"));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"hidden_act\": \"gelu\"', GELU_TANH",
        "'\"hidden_act\": \"gelu\", \"hidden_activation\": null', GELU_TANH",
        "'\"hidden_act\": \"gelu_pytorch_tanh\"', GELU_TANH",
        "'\"hidden_activation\": \"gelu\"', GELU_ERF",
        "'\"vocab_size\": 100', GELU_TANH"
    })
    void gemma1sGeluIsTheTanhFormUnlessHiddenActivationSaysOtherwise(String keys, Activation expected) {
        ModelSpec spec = spec("{\"architectures\": [\"GemmaForCausalLM\"], " + keys + "}");
        assertThat(spec.layers().getFirst().mlp().activation()).isEqualTo(expected);
        assertThat(spec.embeddingScale()).isEqualTo(Math.sqrt(3072));
        assertThat(spec.tiedEmbeddings()).isTrue();
        assertThat(spec.norm().weightPlusOne()).isTrue();
    }

    @Test
    void gemma2sDefaultsAreItsCapsAndAlternatingWindows() {
        ModelSpec spec = spec("{\"architectures\": [\"Gemma2ForCausalLM\"]}");
        assertThat(spec.logitSoftcap()).isEqualTo(30);
        assertThat(spec.layers()).hasSize(26);
        for (int i = 0; i < 26; i++) {
            AttentionSpec attention = spec.layers().get(i).attention();
            assertThat(attention.slidingWindow()).isEqualTo(i % 2 == 0 ? 4096 : 0);
            assertThat(attention.logitSoftcap()).isEqualTo(50);
            assertThat(attention.scale()).isEqualTo(1 / 16.0);
        }
        assertThat(spec("{\"architectures\": [\"Gemma2ForCausalLM\"], \"final_logit_softcapping\": null}")
                        .logitSoftcap())
                .isZero();
    }

    @Test
    void gemma3sLocalLayersHaveTheirOwnRopeAndTheScalingIsForGlobalOnes() {
        // google/gemma-3-4b-it's text_config: all else is left to the defaults.
        Families.Resolved resolved =
                resolve("{\"architectures\": [\"Gemma3ForConditionalGeneration\"], \"text_config\": {"
                        + "\"hidden_size\": 2560, \"intermediate_size\": 10240, \"model_type\": \"gemma3_text\","
                        + " \"num_hidden_layers\": 34, \"rope_scaling\": {\"factor\": 8.0, \"rope_type\": \"linear\"},"
                        + " \"sliding_window\": 1024}}");
        ModelSpec spec = resolved.spec();
        assertThat(spec.vocabularySize()).isEqualTo(262_208);
        assertThat(spec.contextTokensMax()).isEqualTo(131_072);
        for (int i = 0; i < 34; i++) {
            AttentionSpec attention = spec.layers().get(i).attention();
            boolean global = i % 6 == 5;
            assertThat(attention.slidingWindow()).isEqualTo(global ? 0 : 1024);
            assertThat(attention.rope())
                    .isEqualTo(
                            global
                                    ? new RopeSpec(1_000_000, new RopeScaling.Linear(8))
                                    : new RopeSpec(10_000, new RopeScaling.None()));
            assertThat(attention.qkNorm()).isTrue();
            assertThat(attention.logitSoftcap()).isZero();
            assertThat(attention.headDim()).isEqualTo(256);
        }
        assertThat(resolved.family().sources(spec, "model.norm.weight"))
                .extracting(TensorSource::name)
                .containsExactly(
                        "language_model.model.norm.weight", "model.language_model.norm.weight", "model.norm.weight");
    }

    @Test
    void gemma3sNewerFormGivesTheSameModel() {
        String start = "{\"architectures\": [\"Gemma3ForCausalLM\"], \"num_hidden_layers\": 3, ";
        assertThat(spec(start + "\"layer_types\": [\"sliding_attention\", \"sliding_attention\", \"full_attention\"],"
                        + " \"rope_parameters\": {\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 8,"
                        + " \"rope_theta\": 1000000}, \"sliding_attention\": {\"rope_type\": \"default\","
                        + " \"rope_theta\": 20000}}}"))
                .isEqualTo(spec(start + "\"sliding_window_pattern\": 3, \"rope_local_base_freq\": 20000,"
                        + " \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_size\": \"big\"               | config.json: hidden_size is \"big\", but must be an integer from 1 to 1048576",
                "\"hidden_size\": 0                     | hidden_size is 0",
                "\"num_hidden_layers\": 1000000         | num_hidden_layers is 1000000, but must be an integer from 1 to 1024",
                "\"num_hidden_layers\": 1.5             | num_hidden_layers is 1.5",
                "\"vocab_size\": 99999999999999999999   | vocab_size is 99999999999999999999",
                "\"num_key_value_heads\": 5             | must divide num_attention_heads 32",
                "\"head_dim\": 7                        | head_dim is 7",
                "\"hidden_act\": \"relu\"               | hidden_act is relu, which is not supported",
                "\"rope_theta\": -1                     | rope_theta is -1",
                "\"tie_word_embeddings\": \"no\"        | tie_word_embeddings is \"no\", but must be true or false",
                "\"rope_scaling\": []                   | rope_scaling is [], but must be an object",
                "\"rope_scaling\": {\"type\": \"yarn\"} | rope_scaling.type is yarn, which is not supported; supported: default, linear",
                "\"rope_scaling\": {\"type\": \"linear\"} | rope_scaling.factor is missing",
                "\"partial_rotary_factor\": 0.5         | partial_rotary_factor below 1 is not supported",
                "\"quantization_config\": {\"quant_method\": \"awq\"} | quantization awq, which is not supported",
                "\"quantization_config\": {}            | quantization (unnamed)"
            })
    void aBadKeyIsNamed(String keys, String message) {
        assertThatThrownBy(() -> spec(LLAMA + ", " + keys + "}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anUnknownArchitectureIsNamedWithWhatIsSupported() {
        assertThatThrownBy(() -> spec("{\"architectures\": [\"Qwen2ForCausalLM\"]}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("config.json: architectures names Qwen2ForCausalLM, which is not supported; Carafe reads"
                        + " Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3ForConditionalGeneration, GemmaForCausalLM,"
                        + " LlamaForCausalLM, MistralForCausalLM, MixtralForCausalLM");
        assertThatThrownBy(() -> spec("{}")).hasMessageContaining("architectures is missing");
    }

    private static RopeSpec rope(String keys) {
        return spec(LLAMA + ", " + keys + "}").layers().getFirst().attention().rope();
    }

    private static int window(String json) {
        return spec(json).layers().getFirst().attention().slidingWindow();
    }

    private static ModelSpec spec(String json) {
        return resolve(json).spec();
    }

    private static Families.Resolved resolve(String json) {
        try {
            return Families.resolve(
                    ConfigReader.of("config.json", JsonMapper.builder().build().readTree(json)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
