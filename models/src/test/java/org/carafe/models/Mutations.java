package org.carafe.models;

import java.util.Arrays;
import java.util.Random;

/** Seeded damage to a file's bytes: flipped bits, extreme numbers, cuts, doubled and removed runs. */
public final class Mutations {
    private final Random random;

    public Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** A damaged copy; damage begins below {@code headerBytes}. */
    public byte[] of(byte[] original, int headerBytes) {
        byte[] bytes = original.clone();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(Math.min(headerBytes, bytes.length));
            int run = 1 + random.nextInt(16);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(at + 8, bytes.length), (byte) 0xff);
                case 3 -> Arrays.fill(bytes, at, Math.min(at + run, bytes.length), (byte) 0);
                case 4 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> bytes = remove(bytes, at, Math.min(run, bytes.length - at));
            }
            if (bytes.length < 2) {
                return bytes;
            }
        }
        return bytes;
    }

    private static byte[] remove(byte[] bytes, int at, int count) {
        byte[] shorter = new byte[bytes.length - count];
        System.arraycopy(bytes, 0, shorter, 0, at);
        System.arraycopy(bytes, at + count, shorter, at, shorter.length - at);
        return shorter;
    }
}
