package org.carafe.inference.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.carafe.inference.IntList;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {
    private static final int OPERATIONS = 100_000;
    private static final int BLOCK_TOKENS = 3;

    private final KvBlockPool pool = new KvBlockPool(24);
    private final PrefixCache cache = new PrefixCache(pool, BLOCK_TOKENS);

    /** The model: what each published block holds, as account and all tokens up to its end. */
    private final Map<Integer, String> contents = new HashMap<>();

    /** A sequence that holds blocks, some of them published. */
    private record Holder(String account, IntList tokens, IntList blocks, AtomicInteger published) {
        String prefix(int blocks) {
            int[] ids = new int[blocks * BLOCK_TOKENS];
            tokens.copyTo(0, ids.length, ids, 0);
            return account + Arrays.toString(ids);
        }
    }

    @Test
    void lookupsFindExactlyWhatAPlainMapFinds() {
        Random random = new Random(2);
        List<Holder> holders = new ArrayList<>();
        int found = 0;
        for (int operation = 0; operation < OPERATIONS; operation++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    Holder holder = holder(random);
                    found += lookUp(holder, random.nextInt(holder.tokens.size() + 1));
                    holders.add(holder);
                }
                case 1 -> {
                    if (!holders.isEmpty()) {
                        lease(holders.get(random.nextInt(holders.size())));
                    }
                }
                case 2 -> {
                    if (!holders.isEmpty()) {
                        publish(holders.get(random.nextInt(holders.size())));
                    }
                }
                default -> {
                    if (holders.size() > 4) {
                        release(holders.remove(random.nextInt(holders.size())));
                    }
                }
            }
            pool.checkLaws();
            whatIsCachedStaysReachable();
        }
        assertThat(found).as("the test shares something").isGreaterThan(1000);
        holders.forEach(this::release);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void accountsNeverShare() {
        IntList tokens = IntList.of(1, 2, 3);
        cache.publish("Aa", PrefixCache.ROOT, tokens, 0, pool.lease());

        assertThat(cache.share("BB", tokens, 3, new IntList(4))).isZero();
        assertThat(cache.share("Aa", tokens, 3, new IntList(4))).isEqualTo(1);
    }

    @Test
    void theSameTokensAfterAnotherBeginningAreOtherContent() {
        IntList one = IntList.of(1, 1, 1, 2, 2, 2);
        IntList other = IntList.of(3, 3, 3, 2, 2, 2);
        int first = cache.publish("a", PrefixCache.ROOT, one, 0, pool.lease());
        cache.publish("a", cache.contentId(first), one, 3, pool.lease());
        cache.publish("a", PrefixCache.ROOT, other, 0, pool.lease());

        assertThat(cache.share("a", other, 6, new IntList(4))).isEqualTo(1);
    }

    private Holder holder(Random random) {
        IntList tokens = new IntList(16);
        int length = 1 + random.nextInt(15);
        for (int i = 0; i < length; i++) {
            tokens.add(random.nextInt(8) == 0 ? 1 : 0);
        }
        // Two strings of one hash code: nothing but the comparison keeps these accounts apart.
        return new Holder(random.nextBoolean() ? "Aa" : "BB", tokens, new IntList(8), new AtomicInteger());
    }

    private int lookUp(Holder holder, int tokensMax) {
        int expected = 0;
        while ((expected + 1) * BLOCK_TOKENS <= tokensMax && contents.containsValue(holder.prefix(expected + 1))) {
            expected++;
        }
        int found = cache.share(holder.account, holder.tokens, tokensMax, holder.blocks);

        assertThat(found).isEqualTo(expected).isEqualTo(holder.blocks.size());
        for (int i = 0; i < found; i++) {
            assertThat(contents.get(holder.blocks.get(i))).isEqualTo(holder.prefix(i + 1));
        }
        holder.published.set(found);
        return found;
    }

    private void lease(Holder holder) {
        if (holder.blocks.size() * BLOCK_TOKENS < holder.tokens.size()) {
            int block = pool.lease();
            if (block != KvBlockPool.NONE) {
                contents.remove(block);
                holder.blocks.add(block);
            }
        }
    }

    private void publish(Holder holder) {
        int index = holder.published.get();
        if (index == holder.blocks.size() || (index + 1) * BLOCK_TOKENS > holder.tokens.size()) {
            return;
        }
        long parent = index == 0 ? PrefixCache.ROOT : cache.contentId(holder.blocks.get(index - 1));
        boolean known = contents.containsValue(holder.prefix(index + 1));
        int own = holder.blocks.get(index);
        int block = cache.publish(holder.account, parent, holder.tokens, index * BLOCK_TOKENS, own);

        assertThat(block == own).isEqualTo(!known);
        contents.putIfAbsent(block, holder.prefix(index + 1));
        assertThat(contents.get(block)).isEqualTo(holder.prefix(index + 1));
        holder.blocks.set(index, block);
        holder.published.incrementAndGet();
    }

    private void release(Holder holder) {
        for (int i = holder.blocks.size() - 1; i >= 0; i--) {
            pool.release(holder.blocks.get(i));
        }
    }

    /** Every published block's beginning is published too: eviction takes the ends of chains first. */
    private void whatIsCachedStaysReachable() {
        for (String content : contents.values()) {
            int cut = content.length() - BLOCK_TOKENS * ", 0".length() - 1;
            if (cut > content.indexOf('[')) {
                assertThat(contents).containsValue(content.substring(0, cut) + "]");
            }
        }
    }
}
