package org.carafe.server.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.carafe.inference.engine.FinishReason;
import org.carafe.inference.engine.GenerationEvent;
import org.carafe.inference.engine.Usage;
import org.carafe.inference.text.TextEvent;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.Hold;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.AnswerToKeep;
import org.carafe.server.openai.Answer;
import org.carafe.server.openai.AnswerEncoder;
import org.carafe.server.openai.JsonBuffer;
import org.carafe.server.openai.SamplingFields;
import org.carafe.server.openai.Sse;
import org.carafe.server.openai.UsageTotal;
import org.carafe.server.serving.RequestPlan;
import org.jspecify.annotations.Nullable;

/**
 * The way of a planned request: hold, submit, read, settle, last chunk. Streamed or not, the same events are read by the same code; only
 * the sink differs. A hold ends exactly once, whatever is thrown.
 */
final class Generations {
    private final Admission admission;
    private final MemoryBudget answerBudget;
    private final Heartbeats heartbeats;

    Generations(Admission admission, MemoryBudget answerBudget, Heartbeats heartbeats) {
        this.admission = admission;
        this.answerBudget = answerBudget;
        this.heartbeats = heartbeats;
    }

    void run(Exchange exchange, RequestPlan planned, SamplingFields fields, AnswerEncoder encoder) throws IOException {
        checkPriority(exchange.principal(), planned);
        AnswerMemory memory = new AnswerMemory(answerBudget);
        exchange.atEnd(memory::giveBack);
        memory.take(planned.reservedBytes());
        Hold hold = admission.hold(new Admission.Demand(
                exchange.requestId(),
                exchange.principal(),
                planned.model().name(),
                planned.promptTokens(),
                planned.completionTokensMax(),
                planned.sequences().size(),
                planned.maxTokensAsked()));
        RequestPlan plan;
        Sequences sequences = null;
        try {
            plan = planned.within(
                    (int) (hold.completionTokensMax() / planned.sequences().size()));
            exchange.facts()
                    .admitted(
                            plan.model().name(),
                            fields.stream(),
                            plan.prompts().getFirst().text());
            exchange.headers(hold.headers());
            sequences = Sequences.submit(plan);
            exchange.watch(sequences::peerGone);
        } catch (RuntimeException | Error e) {
            if (sequences != null) {
                sequences.close();
            }
            hold.release();
            throw e;
        }
        if (fields.stream()) {
            stream(exchange, plan, fields, encoder, hold, sequences);
        } else {
            whole(exchange, plan, fields, encoder, hold, sequences, memory);
        }
    }

    /** Who goes first is the account's to say among its own requests, and the administrator's between accounts. */
    private static void checkPriority(Principal caller, RequestPlan plan) {
        int asked = plan.sequences().getFirst().priority();
        if (caller.grant() != null && asked < caller.grant().priorityMax()) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "Invalid 'priority': " + asked + " is before "
                            + caller.grant().priorityMax()
                            + ", the first that this account may ask for (lower is served first).",
                    "priority");
        }
    }

    private void stream(
            Exchange exchange,
            RequestPlan plan,
            SamplingFields fields,
            AnswerEncoder encoder,
            Hold hold,
            Sequences sequences)
            throws IOException {
        EventStream events = new EventStream(exchange.response());
        exchange.streams(events);
        heartbeats.add(events);
        try {
            Delivery delivery = new Delivery(hold, plan.promptTokens());
            List<SequenceReader> readers = new ArrayList<>();
            for (int i = 0; i < sequences.count(); i++) {
                StreamSink sink = new StreamSink(
                        events, encoder, i, plan.maxTokens() > 0, delivery, i % plan.sequencesPerPrompt() == 0);
                readers.add(new SequenceReader(sequences.get(i), new NotedSink(sink, exchange.facts(), i), sequences));
            }
            JsonBuffer out = new JsonBuffer();
            readAndSettle(exchange.facts(), plan, hold, sequences, readers, events::started, usage -> {
                for (int i = 0; i < readers.size(); i++) {
                    encoder.finish(out, i, reasonOf(readers.get(i)));
                }
                if (fields.includeUsage()) {
                    encoder.usage(out, usage);
                }
                return exchange.whole(EventStream.CONTENT_TYPE, Sse.done(out));
            });
            encoder.settled();
            events.finish(out);
        } finally {
            heartbeats.remove(events);
        }
    }

    private void whole(
            Exchange exchange,
            RequestPlan plan,
            SamplingFields fields,
            AnswerEncoder encoder,
            Hold hold,
            Sequences sequences,
            AnswerMemory memory)
            throws IOException {
        List<Answer> answers = new ArrayList<>();
        List<SequenceReader> readers = new ArrayList<>();
        for (int i = 0; i < sequences.count(); i++) {
            Answer answer = new Answer(fields.logprobs() >= 0 || plan.sequencesPerPrompt() > fields.n());
            answers.add(answer);
            WholeSink sink = new WholeSink(answer, memory, plan.maxTokens() > 0);
            readers.add(new SequenceReader(sequences.get(i), new NotedSink(sink, exchange.facts(), i), sequences));
        }
        JsonBuffer out = new JsonBuffer();
        readAndSettle(exchange.facts(), plan, hold, sequences, readers, () -> false, usage -> {
            for (int i = 0; i < answers.size(); i++) {
                // The prompt was scored for the first of its sequences.
                answers.get(i).promptOf(answers.get(i - i % plan.sequencesPerPrompt()));
            }
            encoder.whole(out, BestOf.choose(answers, plan.sequencesPerPrompt(), fields.n()), usage);
            return exchange.whole(Exchange.JSON, out);
        });
        encoder.settled();
        exchange.json(200, out);
    }

    private static FinishReason reasonOf(SequenceReader reader) {
        return reader.last() instanceof TextEvent.End end ? end.reason() : FinishReason.CANCELLED;
    }

    /** Encodes what is left of an answer that is whole. */
    interface Encoding {
        /** What is to be kept of it, if anything. */
        @Nullable
        AnswerToKeep of(UsageTotal usage);
    }

    /**
     * Reads all sequences to their ends, encodes the answer, settles what they used, and throws if the answer is not whole. What failed
     * on our side before anything was sent costs nothing, be it the reading or the encoding.
     */
    static void readAndSettle(
            RequestFacts facts,
            RequestPlan plan,
            Hold hold,
            Sequences sequences,
            List<SequenceReader> readers,
            BooleanSupplier anySent,
            Encoding encoding) {
        UsageTotal usage = new UsageTotal((int) plan.promptTokens(), 0, 0);
        AnswerToKeep kept = null;
        boolean isAnswerMade = false;
        try {
            read(sequences, readers);
            usage = total(plan, readers);
            if (fault(sequences, readers) == null) {
                // Before it is settled: what is charged and what is kept of it is one transaction.
                kept = encoding.of(usage);
            }
            isAnswerMade = true;
        } finally {
            // Whatever was thrown: nothing runs any more, and what was used is posted.
            sequences.close();
            if ((!isAnswerMade || isOurFailure(sequences, readers)) && !anySent.getAsBoolean()) {
                hold.release();
            } else {
                hold.settle(usage.toUsage(), kept);
                facts.settled(usage.promptTokens(), usage.cachedTokens(), usage.completionTokens(), hold.costMicros());
            }
        }
        RuntimeException fault = fault(sequences, readers);
        if (fault != null) {
            throw fault;
        }
    }

    private static boolean isOurFailure(Sequences sequences, List<SequenceReader> readers) {
        return !sequences.isPeerGone()
                && readers.stream()
                        .anyMatch(reader -> reader.failure() != null || reader.last() instanceof TextEvent.Failed);
    }

    private static void read(Sequences sequences, List<SequenceReader> readers) {
        List<Thread> others = new ArrayList<>();
        for (SequenceReader reader : readers.subList(1, readers.size())) {
            others.add(Thread.ofVirtual().name("sequence").start(reader));
        }
        readers.getFirst().run();
        boolean interrupted = Thread.interrupted();
        for (Thread other : others) {
            while (other.isAlive()) {
                try {
                    other.join();
                } catch (InterruptedException e) {
                    // The server stops: what still runs ends at once.
                    interrupted = true;
                    sequences.close();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the answer is not whole; null if it is. */
    private static @Nullable RuntimeException fault(Sequences sequences, List<SequenceReader> readers) {
        if (sequences.isPeerGone()) {
            return new ApiException(
                    ErrorKind.CLIENT_CLOSED, "The connection was closed before the answer was complete.");
        }
        // First, as the others were cancelled because of it.
        for (SequenceReader reader : readers) {
            Throwable failure = reader.failure();
            switch (failure) {
                case null -> {}
                case InterruptedException e -> {
                    return Errors.unavailable("the server was stopped");
                }
                case RuntimeException e -> {
                    return e;
                }
                default -> {
                    return new IllegalStateException("reading a sequence failed", failure);
                }
            }
        }
        for (SequenceReader reader : readers) {
            if (reader.last() instanceof TextEvent.Failed failed) {
                return failed.failure() == GenerationEvent.Failure.RUNNER
                        ? new RunnerFailedException(failed.message())
                        : Errors.unavailable(failed.message());
            }
            if (reasonOf(reader) == FinishReason.CANCELLED) {
                return new ApiException(
                        ErrorKind.CLIENT_CLOSED, "The answer was read too slowly and its generation was cancelled.");
            }
        }
        return null;
    }

    /** A prompt is computed once however many choices it has, so its cached tokens are those of the sequence that found fewest. */
    private static UsageTotal total(RequestPlan plan, List<SequenceReader> readers) {
        int promptTokens = 0;
        int cachedTokens = 0;
        int completionTokens = 0;
        for (int prompt = 0; prompt < plan.prompts().size(); prompt++) {
            int length = plan.prompts().get(prompt).ids().length;
            int cached = length;
            for (int i = 0; i < plan.sequencesPerPrompt(); i++) {
                Usage usage =
                        readers.get(prompt * plan.sequencesPerPrompt() + i).usage(length);
                cached = Math.min(cached, usage.cachedPromptTokens());
                completionTokens += plan.maxTokens() == 0 ? 0 : usage.completionTokens();
            }
            promptTokens += length;
            cachedTokens += cached;
        }
        return new UsageTotal(promptTokens, cachedTokens, completionTokens);
    }
}
