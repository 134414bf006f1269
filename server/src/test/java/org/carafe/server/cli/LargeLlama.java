package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.carafe.models.demo.DemoCheckpoint;

/**
 * A Llama of 164 million bf16 weights, every one 0, as safetensors and as GGUF: files of a header and a hole, which take no disk where the
 * file system has holes, and as much memory as any others.
 */
final class LargeLlama {
    private static final int HIDDEN = 1024;
    private static final int WIDE = 4096;
    private static final int LAYERS = 11;
    private static final int HEADS = 8;
    private static final int KEY_HEADS = 4;
    private static final int HEAD_DIM = 64;
    private static final int VOCABULARY = 8192;
    private static final int CONTEXT = 1024;

    /** Of a tensor's place in a file: both formats allow 32, and mapped weights are used where they are aligned to it. */
    private static final int ALIGNMENT = 32;

    /** What the KV cache holds of a token. */
    static final long KV_TOKEN_BYTES = 2L * LAYERS * KEY_HEADS * HEAD_DIM * Short.BYTES;

    private LargeLlama() {}

    private record Name(String huggingFace, String gguf) {}

    private static Map<Name, int[]> tensors() {
        int keys = KEY_HEADS * HEAD_DIM;
        Map<Name, int[]> tensors = new LinkedHashMap<>();
        tensors.put(new Name("model.embed_tokens", "token_embd"), new int[] {VOCABULARY, HIDDEN});
        for (int i = 0; i < LAYERS; i++) {
            String from = "model.layers." + i + ".";
            String to = "blk." + i + ".";
            tensors.put(new Name(from + "input_layernorm", to + "attn_norm"), new int[] {HIDDEN});
            tensors.put(new Name(from + "self_attn.q_proj", to + "attn_q"), new int[] {HEADS * HEAD_DIM, HIDDEN});
            tensors.put(new Name(from + "self_attn.k_proj", to + "attn_k"), new int[] {keys, HIDDEN});
            tensors.put(new Name(from + "self_attn.v_proj", to + "attn_v"), new int[] {keys, HIDDEN});
            tensors.put(new Name(from + "self_attn.o_proj", to + "attn_output"), new int[] {HIDDEN, HEADS * HEAD_DIM});
            tensors.put(new Name(from + "post_attention_layernorm", to + "ffn_norm"), new int[] {HIDDEN});
            tensors.put(new Name(from + "mlp.gate_proj", to + "ffn_gate"), new int[] {WIDE, HIDDEN});
            tensors.put(new Name(from + "mlp.up_proj", to + "ffn_up"), new int[] {WIDE, HIDDEN});
            tensors.put(new Name(from + "mlp.down_proj", to + "ffn_down"), new int[] {HIDDEN, WIDE});
        }
        tensors.put(new Name("model.norm", "output_norm"), new int[] {HIDDEN});
        return tensors;
    }

    /** Bytes of all weights. */
    static long weightBytes() {
        return tensors().values().stream().mapToLong(LargeLlama::bytes).sum();
    }

    private static long bytes(int[] shape) {
        long bytes = Short.BYTES;
        for (int dimension : shape) {
            bytes *= dimension;
        }
        return bytes;
    }

    /** A Hugging Face directory with the demo's tokenizer. */
    static Path safetensors(Path folder) throws IOException {
        DemoCheckpoint.extractTo(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "tie_word_embeddings": true,
                "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
                "num_key_value_heads": %d, "head_dim": %d, "vocab_size": %d, "max_position_embeddings": %d,
                "rope_theta": 10000.0, "rms_norm_eps": 1e-5, "bos_token_id": 504, "eos_token_id": 508}
                """.formatted(
                        HIDDEN, WIDE, LAYERS, HEADS, KEY_HEADS, HEAD_DIM, VOCABULARY, CONTEXT));
        StringBuilder json = new StringBuilder("{");
        long offset = 0;
        for (Map.Entry<Name, int[]> tensor : tensors().entrySet()) {
            int[] shape = tensor.getValue();
            long end = offset + bytes(shape);
            json.append(offset == 0 ? "" : ",")
                    .append("\"%s.weight\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    tensor.getKey().huggingFace(),
                                    shape.length == 1 ? "[" + shape[0] + "]" : "[" + shape[0] + "," + shape[1] + "]",
                                    offset,
                                    end));
            offset = end;
        }
        json.append('}');
        while ((Long.BYTES + json.length()) % ALIGNMENT != 0) {
            json.append(' ');
        }
        Writer header = new Writer();
        header.int64(json.length()).bytes.writeBytes(json.toString().getBytes(US_ASCII));
        write(folder.resolve("model.safetensors"), header.bytes.toByteArray(), offset);
        return folder;
    }

    /** A file with a vocabulary of bytes and of words that no text is cut into. */
    static Path gguf(Path file) throws IOException {
        Map<Name, int[]> tensors = tensors();
        Writer out = new Writer();
        out.bytes.writeBytes("GGUF".getBytes(US_ASCII));
        out.int32(3).int64(tensors.size()).int64(15);
        out.text("general.architecture", "llama").text("tokenizer.ggml.model", "llama");
        out.number("llama.embedding_length", HIDDEN).number("llama.block_count", LAYERS);
        out.number("llama.attention.head_count", HEADS).number("llama.attention.head_count_kv", KEY_HEADS);
        out.number("llama.attention.key_length", HEAD_DIM).number("llama.attention.value_length", HEAD_DIM);
        out.number("llama.context_length", CONTEXT).number("llama.feed_forward_length", WIDE);
        out.real("llama.rope.freq_base", 10_000).real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        out.list("tokenizer.ggml.tokens", Writer.STRING);
        for (int id = 0; id < VOCABULARY; id++) {
            out.string(id == 0 ? "<unk>" : id <= 256 ? "<0x%02X>".formatted(id - 1) : "word" + id);
        }
        out.list("tokenizer.ggml.token_type", Writer.INT32);
        for (int id = 0; id < VOCABULARY; id++) {
            out.int32(id == 0 ? 2 : id <= 256 ? 6 : 1);
        }
        out.list("tokenizer.ggml.scores", Writer.FLOAT32);
        for (int id = 0; id < VOCABULARY; id++) {
            out.int32(Float.floatToRawIntBits(-id));
        }
        long offset = 0;
        for (Map.Entry<Name, int[]> tensor : tensors.entrySet()) {
            int[] shape = tensor.getValue();
            out.string(tensor.getKey().gguf() + ".weight").int32(shape.length);
            for (int i = shape.length - 1; i >= 0; i--) {
                out.int64(shape[i]);
            }
            out.int32(Writer.BF16).int64(offset);
            offset += bytes(shape);
        }
        while (out.bytes.size() % ALIGNMENT != 0) {
            out.bytes.write(0);
        }
        write(file, out.bytes.toByteArray(), offset);
        return file;
    }

    private static void write(Path path, byte[] header, long dataBytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            file.write(header);
            file.setLength(header.length + dataBytes);
        }
    }

    /** Little-endian; numbers of types as in the GGUF specification. */
    private static final class Writer {
        static final int INT32 = 5;
        static final int FLOAT32 = 6;
        static final int STRING = 8;
        static final int BF16 = 30;
        private static final int UINT32 = 4;
        private static final int ARRAY = 9;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Writer int32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
            return this;
        }

        Writer int64(long value) {
            return int32((int) value).int32((int) (value >>> 32));
        }

        Writer string(String value) {
            byte[] text = value.getBytes(UTF_8);
            int64(text.length);
            bytes.writeBytes(text);
            return this;
        }

        Writer text(String key, String value) {
            return string(key).int32(STRING).string(value);
        }

        Writer number(String key, int value) {
            return string(key).int32(UINT32).int32(value);
        }

        Writer real(String key, float value) {
            return string(key).int32(FLOAT32).int32(Float.floatToRawIntBits(value));
        }

        Writer list(String key, int type) {
            return string(key).int32(ARRAY).int32(type).int64(VOCABULARY);
        }
    }
}
