package org.carafe.inference.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.carafe.inference.IntList;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.RopeScaling;
import org.carafe.models.architecture.RopeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over paged keys, piece by piece, against its definition in double precision. */
class AttentionTest {
    private static final int BLOCK_TOKENS = 16;

    @ParameterizedTest
    @CsvSource({
        // heads, key heads, head width, window, soft cap, keys
        "4, 1, 64, 0, 0, 1",
        "32, 8, 64, 0, 0, 70",
        "8, 8, 128, 0, 0, 300",
        "15, 5, 64, 0, 0, 513",
        "6, 1, 80, 0, 0, 200",
        "8, 4, 256, 100, 50, 333",
        "16, 2, 96, 0, 30, 129",
        "4, 2, 8, 17, 0, 90",
        "4, 1, 64, 0, 0, 5000",
    })
    void itIsWhatItsDefinitionSays(int heads, int kvHeads, int width, int window, double cap, int keys) {
        AttentionSpec spec = spec(heads, kvHeads, width, window, cap);
        Random random = new Random(heads * 31L + keys);
        try (Arena arena = Arena.ofConfined()) {
            Sequence sequence = new Sequence(arena, spec, keys, random);
            float[] query = values(random, heads * width);
            float[] attended = attend(spec, sequence, query);
            double[] expected = expected(spec, sequence, query);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) attended[i]).as("value %d", i).isCloseTo(expected[i], within(2e-5));
            }
        }
    }

    @Test
    void theOrderInWhichPiecesAreClaimedChangesNoBit() {
        AttentionSpec spec = spec(8, 2, 64, 0, 0);
        Random random = new Random(3);
        try (Arena arena = Arena.ofConfined()) {
            Sequence sequence = new Sequence(arena, spec, 1000, random);
            float[] query = values(random, 8 * 64);
            Attention attention = begun(sequence);
            List<Integer> pieces =
                    IntStream.range(0, attention.pieces(spec)).boxed().toList();
            List<Integer> shuffled = new ArrayList<>(pieces);
            Collections.shuffle(shuffled, random);
            assertThat(shuffled).isNotEqualTo(pieces);
            float[] before;
            float[] inAnotherOrder;
            float[] after;
            // A kernel that is compiled in between adds lanes in another order.
            do {
                before = attend(spec, sequence, query, pieces);
                inAnotherOrder = attend(spec, sequence, query, shuffled);
                after = attend(spec, sequence, query, pieces);
            } while (!Arrays.equals(before, after));
            assertThat(inAnotherOrder).isEqualTo(before);
        }
    }

    private static AttentionSpec spec(int heads, int kvHeads, int width, int window, double cap) {
        RopeSpec rope = new RopeSpec(10_000, new RopeScaling.None());
        return new AttentionSpec(heads, kvHeads, width, 1 / Math.sqrt(width), cap, window, rope, false, false, false);
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Bf16.round((float) random.nextGaussian());
        }
        return values;
    }

    /** A sequence whose blocks lie in runs, here and there in a larger cache of NaNs. */
    private static final class Sequence {
        final float[][] keys;
        final float[][] values;
        final MemorySegment cache;
        final IntList blocks;

        Sequence(Arena arena, AttentionSpec spec, int count, Random random) {
            int width = spec.kvHeads() * spec.headDim();
            int blockCount = Math.ceilDiv(count, BLOCK_TOKENS);
            cache = arena.allocate(3L * blockCount * BLOCK_TOKENS * 2 * width * Short.BYTES, 64);
            cache.fill((byte) 0xFF);
            blocks = new IntList(blockCount);
            boolean[] taken = new boolean[3 * blockCount];
            int next = 0;
            for (int i = 0; i < blockCount; i++) {
                while (taken[next] || random.nextInt(4) == 0) {
                    next = (next + 1) % taken.length;
                }
                taken[next] = true;
                blocks.add(next);
                next = (next + 1) % taken.length;
            }
            keys = new float[count][];
            values = new float[count][];
            for (int position = 0; position < count; position++) {
                keys[position] = values(random, width);
                values[position] = values(random, width);
                Attention attention = new Attention(BLOCK_TOKENS);
                attention.begin(position, blocks);
                for (int head = 0; head < spec.kvHeads(); head++) {
                    attention.store(spec, cache, head, keys[position], values[position]);
                }
            }
        }

        private static float[] values(Random random, int count) {
            return AttentionTest.values(random, count);
        }
    }

    private static Attention begun(Sequence sequence) {
        Attention attention = new Attention(BLOCK_TOKENS);
        attention.begin(sequence.keys.length - 1, sequence.blocks);
        return attention;
    }

    private static float[] attend(AttentionSpec spec, Sequence sequence, float[] query) {
        int pieces = begun(sequence).pieces(spec);
        return attend(spec, sequence, query, IntStream.range(0, pieces).boxed().toList());
    }

    private static float[] attend(AttentionSpec spec, Sequence sequence, float[] query, List<Integer> pieces) {
        Attention attention = begun(sequence);
        int width = spec.headDim();
        float[] split = new float[query.length];
        PartialAttention partial = new PartialAttention(spec.heads(), query.length);
        for (int head = 0; head < spec.heads(); head++) {
            Attention.split(query, head * width, width, (float) spec.scale(), split);
        }
        for (int piece : pieces) {
            attention.attend(spec, sequence.cache, piece, split, partial);
        }
        float[] attended = new float[query.length];
        Arrays.fill(attended, Float.NaN);
        for (int head = 0; head < spec.heads(); head++) {
            partial.merge(attention.pieces(spec), head, width, new float[PartialAttention.PIECES_MAX], attended);
        }
        return attended;
    }

    private static double[] expected(AttentionSpec spec, Sequence sequence, float[] query) {
        int width = spec.headDim();
        int count = sequence.keys.length;
        int first = spec.slidingWindow() == 0 ? 0 : Math.max(0, count - spec.slidingWindow());
        double[] expected = new double[query.length];
        for (int head = 0; head < spec.heads(); head++) {
            int kv = head / (spec.heads() / spec.kvHeads()) * width;
            double[] weights = new double[count];
            double sum = 0;
            for (int key = first; key < count; key++) {
                double score = 0;
                for (int i = 0; i < width; i++) {
                    score += (double) query[head * width + i] * sequence.keys[key][kv + i];
                }
                score *= spec.scale();
                if (spec.logitSoftcap() > 0) {
                    score = spec.logitSoftcap() * Math.tanh(score / spec.logitSoftcap());
                }
                weights[key] = Math.exp(score);
                sum += weights[key];
            }
            for (int key = first; key < count; key++) {
                for (int i = 0; i < width; i++) {
                    expected[head * width + i] += weights[key] / sum * sequence.values[key][kv + i];
                }
            }
        }
        return expected;
    }
}
