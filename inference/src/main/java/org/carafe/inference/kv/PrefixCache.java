package org.carafe.inference.kv;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.carafe.inference.IntList;
import org.carafe.inference.IntView;
import org.jspecify.annotations.Nullable;

/**
 * Finds blocks that already hold the beginning of a prompt. Only full blocks whose KV was computed are published.
 *
 * <p>Content is a chain: a block is known by (the content id of the block before it, its own tokens), and the first block of a chain by
 * (account, its own tokens). A content id is given once and never again. A look-up hashes that pair and then <em>compares</em> it, so a
 * hash collision costs a comparison and can never serve another prompt's KV; accounts never meet, so one tenant cannot observe another's
 * prompts by timing. The hash is seeded per process, so a caller cannot aim at one bucket.
 *
 * <p>Whoever leases a block leases all before it, and a sequence releases its blocks from the last to the first: so the end of a chain
 * is evicted before its beginning, and what is cached stays reachable. Not thread-safe: the engine thread's.
 */
public final class PrefixCache {
    /** The content id before a chain's first block. */
    public static final long ROOT = 0;

    private static final int NONE = -1;

    private final KvBlockPool pool;
    private final int blockTokens;

    /** By block: its tokens, its content id (0: unpublished), that of the block before it, the account where that is the root. */
    private final int[] tokens;

    private final long[] contentIds;
    private final long[] parentIds;
    private final @Nullable String[] accounts;

    /** Hash buckets with chains through {@code chain}; by block the bucket it is in. */
    private final int[] buckets;

    private final int[] chain;
    private final int[] bucketOf;
    private final long seed;
    private final int[] scratch;
    private long lastContentId = ROOT;

    public PrefixCache(KvBlockPool pool, int blockTokens) {
        this.pool = pool;
        this.blockTokens = blockTokens;
        int total = pool.total();
        tokens = new int[Math.multiplyExact(total, blockTokens)];
        contentIds = new long[total];
        parentIds = new long[total];
        accounts = new @Nullable String[total];
        buckets = new int[Integer.highestOneBit(total) * 4];
        Arrays.fill(buckets, NONE);
        chain = new int[total];
        bucketOf = new int[total];
        seed = RandomGenerator.getDefault().nextLong();
        scratch = new int[blockTokens];
        pool.onEviction(this::forget);
    }

    /** The content id of a published block. */
    public long contentId(int block) {
        assert contentIds[block] != ROOT : "the block is published";
        return contentIds[block];
    }

    /**
     * Shares the longest published beginning.
     *
     * @param sequence tokens to look for
     * @param tokensMax how many of them may be found at most; only full blocks are
     * @param blocks the found blocks are appended, each with one more reference
     * @return how many blocks were found
     */
    public int share(String account, IntView sequence, int tokensMax, IntList blocks) {
        int found = 0;
        long parent = ROOT;
        for (; (found + 1) * blockTokens <= tokensMax; found++) {
            sequence.copyTo(found * blockTokens, blockTokens, scratch, 0);
            int block = find(account, parent, bucket(account, parent));
            if (block == NONE) {
                break;
            }
            pool.share(block);
            blocks.add(block);
            parent = contentIds[block];
        }
        return found;
    }

    /**
     * Publishes a full block whose KV is computed. Where the same content is known already (a twin computed it at the same time) the
     * caller gets that block instead, with a reference, and its own is released: content lies once in the cache.
     *
     * @param parent content id of the block before it, or {@link #ROOT}
     * @param from position of the block's first token in {@code sequence}
     * @param block the caller's, with a reference
     * @return the block that now stands in its place
     */
    public int publish(String account, long parent, IntView sequence, int from, int block) {
        sequence.copyTo(from, blockTokens, scratch, 0);
        int bucket = bucket(account, parent);
        int known = find(account, parent, bucket);
        if (known != NONE) {
            pool.share(known);
            pool.release(block);
            return known;
        }
        pool.publish(block);
        System.arraycopy(scratch, 0, tokens, block * blockTokens, blockTokens);
        contentIds[block] = ++lastContentId;
        parentIds[block] = parent;
        accounts[block] = parent == ROOT ? account : null;
        chain[block] = buckets[bucket];
        buckets[bucket] = block;
        bucketOf[block] = bucket;
        return block;
    }

    private void forget(int block) {
        int bucket = bucketOf[block];
        if (buckets[bucket] == block) {
            buckets[bucket] = chain[block];
        } else {
            int before = buckets[bucket];
            while (chain[before] != block) {
                before = chain[before];
            }
            chain[before] = chain[block];
        }
        contentIds[block] = ROOT;
        accounts[block] = null;
    }

    /** The published block with this parent and the tokens in {@code scratch}. */
    private int find(String account, long parent, int bucket) {
        for (int block = buckets[bucket]; block != NONE; block = chain[block]) {
            int from = block * blockTokens;
            if (parentIds[block] == parent
                    && Arrays.equals(tokens, from, from + blockTokens, scratch, 0, blockTokens)
                    && (parent != ROOT || Objects.equals(accounts[block], account))) {
                return block;
            }
        }
        return NONE;
    }

    private int bucket(String account, long parent) {
        long hash = seed ^ parent * 0x9E3779B97F4A7C15L;
        if (parent == ROOT) {
            hash ^= account.hashCode();
        }
        for (int token : scratch) {
            hash = (hash ^ token) * 0xD6E8FEB86659FD93L;
            hash ^= hash >>> 32;
        }
        return (int) hash & (buckets.length - 1);
    }
}
