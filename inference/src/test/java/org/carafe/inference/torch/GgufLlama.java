package org.carafe.inference.torch;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorPlan;
import org.carafe.models.gguf.GgufBuilder;
import org.carafe.models.tensor.Tensor;
import org.carafe.models.tensor.TensorType;

/**
 * Writes a plain Llama as a GGUF file the way llama.cpp's converter does (convert_hf_to_gguf.py): its names, its keys, and the rows of
 * queries and keys in its order. Knows nothing of the code that reads them.
 */
final class GgufLlama {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.weight");
    private static final Map<String, String> MODEL = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");
    private static final Map<String, String> PARTS = Map.of(
            "input_layernorm", "attn_norm",
            "self_attn.q_proj", "attn_q",
            "self_attn.k_proj", "attn_k",
            "self_attn.v_proj", "attn_v",
            "self_attn.o_proj", "attn_output",
            "post_attention_layernorm", "ffn_norm",
            "mlp.gate_proj", "ffn_gate",
            "mlp.up_proj", "ffn_up",
            "mlp.down_proj", "ffn_down");
    /** {@code enum ggml_type} of ggml.h. */
    private static final Map<TensorType, Integer> TYPES = Map.ofEntries(
            Map.entry(TensorType.F32, 0),
            Map.entry(TensorType.F16, 1),
            Map.entry(TensorType.Q4_0, 2),
            Map.entry(TensorType.Q4_1, 3),
            Map.entry(TensorType.Q5_0, 6),
            Map.entry(TensorType.Q5_1, 7),
            Map.entry(TensorType.Q8_0, 8),
            Map.entry(TensorType.Q4_K, 12),
            Map.entry(TensorType.Q5_K, 13),
            Map.entry(TensorType.Q6_K, 14),
            Map.entry(TensorType.BF16, 30));

    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private GgufLlama() {}

    /** Where the weights come from, in Hugging Face's order. */
    interface Weights {
        Tensor get(TensorPlan.Entry entry);
    }

    static void write(Path file, ModelSpec spec, Weights weights) throws IOException {
        GgufBuilder gguf = new GgufBuilder();
        AttentionSpec attention = spec.layers().getFirst().attention();
        MlpSpec.Gated mlp = (MlpSpec.Gated) spec.layers().getFirst().mlp();
        gguf.pair("general.architecture", STRING, writer -> writer.string("llama"));
        number(gguf, "llama.embedding_length", spec.hiddenSize());
        number(gguf, "llama.block_count", spec.layers().size());
        number(gguf, "llama.attention.head_count", attention.heads());
        number(gguf, "llama.attention.head_count_kv", attention.kvHeads());
        number(gguf, "llama.attention.key_length", attention.headDim());
        number(gguf, "llama.attention.value_length", attention.headDim());
        number(gguf, "llama.context_length", spec.contextTokensMax());
        number(gguf, "llama.feed_forward_length", mlp.intermediateSize());
        real(gguf, "llama.rope.freq_base", attention.rope().theta());
        real(gguf, "llama.attention.layer_norm_rms_epsilon", spec.norm().epsilon());
        vocabulary(gguf, spec.vocabularySize());
        for (TensorPlan.Entry entry : TensorPlan.of(spec).entries()) {
            tensor(gguf, attention.headDim(), weights.get(entry));
        }
        Files.write(file, gguf.bytes());
    }

    private static void number(GgufBuilder gguf, String key, int value) {
        gguf.pair(key, UINT32, writer -> writer.int32(value));
    }

    private static void real(GgufBuilder gguf, String key, double value) {
        gguf.pair(key, FLOAT32, writer -> writer.int32(Float.floatToRawIntBits((float) value)));
    }

    /** SentencePiece's smallest: what is unknown, the bytes, and words that no text is cut into. */
    private static void vocabulary(GgufBuilder gguf, int size) {
        gguf.pair("tokenizer.ggml.model", STRING, writer -> writer.string("llama"));
        gguf.pair("tokenizer.ggml.tokens", ARRAY, writer -> {
            writer.int32(STRING).int64(size);
            for (int id = 0; id < size; id++) {
                writer.string(id == 0 ? "<unk>" : id <= 256 ? String.format("<0x%02X>", id - 1) : "word" + id);
            }
        });
        gguf.pair("tokenizer.ggml.token_type", ARRAY, writer -> {
            writer.int32(INT32).int64(size);
            for (int id = 0; id < size; id++) {
                writer.int32(id == 0 ? 2 : id <= 256 ? 6 : 1);
            }
        });
        gguf.pair("tokenizer.ggml.scores", ARRAY, writer -> {
            writer.int32(FLOAT32).int64(size);
            for (int id = 0; id < size; id++) {
                writer.int32(Float.floatToRawIntBits(-id));
            }
        });
    }

    private static void tensor(GgufBuilder gguf, int headDim, Tensor tensor) {
        Matcher layer = LAYER.matcher(tensor.name());
        String part = layer.matches() ? layer.group(2) : "";
        String name =
                part.isEmpty() ? MODEL.get(tensor.name()) : "blk." + layer.group(1) + "." + PARTS.get(part) + ".weight";
        byte[] content = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        if (part.equals("self_attn.q_proj") || part.equals("self_attn.k_proj")) {
            content = interleaved(content, tensor.shape().getFirst().intValue(), headDim);
        }
        long[] dimensions =
                tensor.shape().reversed().stream().mapToLong(Long::longValue).toArray();
        gguf.tensor(name, TYPES.get(tensor.type()), content, dimensions);
    }

    /** {@code weights.reshape(heads, 2, headDim / 2, in).swapaxes(1, 2)}. */
    private static byte[] interleaved(byte[] rows, int count, int headDim) {
        int rowBytes = rows.length / count;
        byte[] out = new byte[rows.length];
        for (int row = 0; row < count; row++) {
            int head = row / headDim;
            int side = row % headDim / (headDim / 2);
            int place = row % (headDim / 2);
            int to = head * headDim + place * 2 + side;
            System.arraycopy(rows, row * rowBytes, out, to * rowBytes, rowBytes);
        }
        return out;
    }
}
