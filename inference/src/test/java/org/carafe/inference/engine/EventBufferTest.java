package org.carafe.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.carafe.inference.sampling.SampledToken;
import org.carafe.inference.sampling.TokenLogprobs;
import org.junit.jupiter.api.Test;

class EventBufferTest {
    private static final GenerationEvent END = new GenerationEvent.Finished(FinishReason.STOP, new Usage(1, 0, 1));

    /**
     * The writer pushes again as soon as the reader has taken, which is when the reader is about to park: a reader that parked without
     * looking once more would sleep for ever.
     */
    @Test
    void noWakeUpIsLost() throws Exception {
        int events = 150_000;
        EventBuffer buffer = new EventBuffer(10, () -> {});
        AtomicInteger taken = new AtomicInteger();
        Thread reader = Thread.ofPlatform().start(() -> {
            List<GenerationEvent> target = new ArrayList<>();
            try {
                while (buffer.take(target)) {
                    taken.addAndGet(target.size());
                    target.clear();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        for (int i = 0; i < events && System.nanoTime() < end; i++) {
            for (int pause = i % 50; pause > 0; pause--) {
                Thread.onSpinWait();
            }
            buffer.push(token(i));
            for (int spin = 0; taken.get() <= i; spin++) {
                if (spin > 1000) {
                    LockSupport.parkNanos(1000);
                    assertThat(System.nanoTime()).as("time at event %d", i).isLessThan(end);
                }
            }
        }
        buffer.end(END);

        assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void eventsComeInOrderAndOnce() throws Exception {
        EventBuffer buffer = new EventBuffer(10, () -> {});
        List<GenerationEvent> target = new ArrayList<>();
        List<GenerationEvent> expected = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            expected.add(token(i));
            buffer.push(expected.getLast());
            if (i == 2) {
                assertThat(buffer.take(target)).isTrue();
            }
        }
        expected.add(END);
        buffer.end(END);

        assertThat(buffer.take(target)).isTrue();
        assertThat(buffer.take(target)).isFalse();
        assertThat(target).isEqualTo(expected);
    }

    @Test
    void itIsFullWhenTheReaderIsThatFarBehind() throws Exception {
        EventBuffer buffer = new EventBuffer(3, () -> {});
        for (int i = 0; i < 3; i++) {
            assertThat(buffer.isFull()).isFalse();
            buffer.push(token(i));
        }
        assertThat(buffer.isFull()).isTrue();
        buffer.take(new ArrayList<>());
        assertThat(buffer.isFull()).as("the reader has them all in its hands").isTrue();
        buffer.poll(new ArrayList<>());
        assertThat(buffer.isFull()).isFalse();
    }

    @Test
    void aTokenCountsMoreTheMoreLogProbabilitiesItHolds() {
        for (int alternatives : new int[] {0, 5, 20}) {
            EngineConfig config = EngineConfig.defaults().withStreamEventsMax(100);
            EventBuffer buffer = new EventBuffer(config.streamEventsMax(), () -> {});
            List<TokenLogprobs.Alternative> top =
                    Collections.nCopies(alternatives, new TokenLogprobs.Alternative(1, -1f));
            int tokens = 0;
            while (!buffer.isFull()) {
                buffer.push(new GenerationEvent.Token(new SampledToken(1, new TokenLogprobs(1, -1f, top))));
                tokens++;
            }
            assertThat(tokens).isEqualTo(config.streamTokensMax(alternatives));
            assertThat(tokens).isEqualTo(alternatives == 0 ? 50 : alternatives == 5 ? 34 : 15);
            buffer.poll(new ArrayList<>());
            buffer.poll(new ArrayList<>());
            assertThat(buffer.isFull()).isFalse();
        }
        assertThat(EngineConfig.defaults().streamTokensMax(-1)).isEqualTo(8192);
    }

    @Test
    void itCancelsOnceAndNotAfterTheEnd() {
        AtomicInteger cancels = new AtomicInteger();
        EventBuffer buffer = new EventBuffer(3, cancels::incrementAndGet);
        buffer.cancel();
        buffer.close();
        assertThat(cancels).hasValue(1);

        EventBuffer ended = new EventBuffer(3, cancels::incrementAndGet);
        ended.end(END);
        ended.close();
        assertThat(cancels).hasValue(1);
    }

    @Test
    void anInterruptedReaderIsTold() throws Exception {
        EventBuffer buffer = new EventBuffer(3, () -> {});
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                buffer.take(new ArrayList<>());
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        reader.interrupt();
        reader.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void nothingFollowsTheEnd() {
        EventBuffer buffer = new EventBuffer(3, () -> {});
        buffer.end(END);

        assertThatThrownBy(() -> buffer.push(token(1))).isInstanceOf(AssertionError.class);
    }

    private static GenerationEvent token(int id) {
        return new GenerationEvent.Token(new SampledToken(id, null));
    }
}
