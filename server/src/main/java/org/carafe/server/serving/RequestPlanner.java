package org.carafe.server.serving;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.carafe.inference.IntList;
import org.carafe.inference.engine.GenerationRequest;
import org.carafe.inference.sampling.SamplingParams;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.ChatRequest;
import org.carafe.server.openai.CompletionRequest;
import org.carafe.server.openai.SamplingFields;
import org.jspecify.annotations.Nullable;

/** Valid requests to sequences: prompts tokenized, the model's defaults filled in, its limits checked. Thread-safe. */
public final class RequestPlanner {
    private final Prompts prompts;
    private final long answerBytesMax;
    private final @Nullable Duration queueTimeout;

    /**
     * Plans.
     *
     * @param answerBytesMax what the answers of one request may take in memory ({@link AnswerSize})
     * @param queueTimeout how long a sequence may wait for its place; null: as long as it takes
     */
    public RequestPlanner(Prompts prompts, long answerBytesMax, @Nullable Duration queueTimeout) {
        this.prompts = prompts;
        this.answerBytesMax = answerBytesMax;
        this.queueTimeout = queueTimeout;
    }

    /**
     * Plans a chat.
     *
     * @throws ApiException {@code CONTEXT_LENGTH_EXCEEDED}, or {@code INVALID_VALUE} where the template refuses the conversation or an
     *     id is not in the vocabulary
     */
    public RequestPlan chat(ServedModel model, ChatRequest request, String requestId, String account) {
        PromptTokens prompt = prompts.chat(model, request.conversation());
        VocabularyCheck.text(prompt.ids(), model, "messages");
        Shape shape = new Shape("messages", request.sampling().n(), false);
        return plan(model, List.of(prompt), request.sampling(), shape, requestId, account);
    }

    /** Plans a text completion; throws as {@link #chat}. */
    public RequestPlan completion(ServedModel model, CompletionRequest request, String requestId, String account) {
        List<PromptTokens> tokens = new ArrayList<>();
        for (int i = 0; i < request.prompts().size(); i++) {
            String path = request.prompts().size() == 1 ? "prompt" : "prompt[" + i + "]";
            tokens.add(prompts.completion(model, request.prompts().get(i), request.addSpecialTokens(), path));
        }
        Shape shape = new Shape("prompt", request.bestOf(), request.echo());
        return plan(model, tokens, request.sampling(), shape, requestId, account);
    }

    /** What differs between the dialects: the prompt's field, sequences of each prompt, whether prompts are returned. */
    private record Shape(String promptField, int sequencesPerPrompt, boolean echo) {}

    private RequestPlan plan(
            ServedModel model,
            List<PromptTokens> prompts,
            SamplingFields fields,
            Shape shape,
            String requestId,
            String account) {
        VocabularyCheck.sampling(model, fields);
        int sequencesPerPrompt = shape.sequencesPerPrompt();
        // best_of ranks by log-probability, so it needs them whether the caller does or not.
        int logprobs = sequencesPerPrompt > fields.n() ? Math.max(fields.logprobs(), 0) : fields.logprobs();
        int promptLogprobs = shape.echo() ? fields.logprobs() : -1;
        AnswerSize size = new AnswerSize(prompts, fields, sequencesPerPrompt, shape.echo(), logprobs, promptLogprobs);
        int maxTokens = within(size, fields, maxTokens(model, prompts, fields, shape.promptField()));
        Set<Integer> stops = new HashSet<>(fields.stopTokenIds());
        if (!fields.ignoreEos()) {
            stops.addAll(model.defaults().endTokenIds());
        }
        long seed = fields.seed() == null ? ThreadLocalRandom.current().nextLong() : fields.seed();
        Instant deadline = queueTimeout == null ? null : Instant.now().plus(queueTimeout);
        List<GenerationRequest> sequences = new ArrayList<>();
        for (PromptTokens prompt : prompts) {
            IntList ids = IntList.of(prompt.ids());
            for (int i = 0; i < sequencesPerPrompt; i++) {
                sequences.add(new GenerationRequest(
                        requestId,
                        account,
                        ids,
                        sampling(model.defaults(), fields, seed + i, logprobs, stops),
                        Math.max(maxTokens, 1),
                        stops,
                        fields.priority(),
                        deadline,
                        // Once a prompt; but a stream's choices do not wait for each other.
                        i == 0 || fields.stream() ? promptLogprobs : -1));
            }
        }
        return new RequestPlan(
                model,
                prompts,
                sequences,
                sequencesPerPrompt,
                fields.stop(),
                maxTokens,
                fields.maxTokens() != null,
                size.reservedBytes(maxTokens));
    }

    /** What the caller asked for if that fits with the longest prompt, else the error; unasked, what fits. */
    private static int maxTokens(
            ServedModel model, List<PromptTokens> prompts, SamplingFields fields, String promptField) {
        int context = model.contextTokensMax();
        int output = model.outputTokensMax();
        int longest =
                prompts.stream().mapToInt(prompt -> prompt.ids().length).max().orElseThrow();
        Integer asked = fields.maxTokens();
        if (asked != null && asked > output && asked < context) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "Invalid 'max_tokens': " + asked + " is more than the " + output
                            + " tokens that an answer of this model has at most.",
                    "max_tokens");
        }
        // An echoed prompt that fills the context can be scored, but the engine computes a prompt only for a token
        // after it.
        int least = asked == null ? 1 : Math.max(asked, 1);
        if ((long) longest + least > context) {
            String wanted = asked == null
                    ? "your prompt has " + longest + " tokens, which leaves no room for an answer"
                    : "you requested " + ((long) longest + asked) + " tokens (" + longest + " in the prompt, " + asked
                            + " for the answer)";
            throw new ApiException(
                    ErrorKind.CONTEXT_LENGTH_EXCEEDED,
                    "This model's maximum context length is " + context + " tokens. However, " + wanted + ".",
                    longest + 1 > context ? promptField : "max_tokens");
        }
        return asked == null ? Math.min(output, context - longest) : asked;
    }

    /** What was asked for must fit the memory of an answer; unasked, as much as does. */
    private int within(AnswerSize size, SamplingFields fields, int maxTokens) {
        int fitting = size.tokensWithin(answerBytesMax, maxTokens);
        if (fitting < maxTokens && (fitting == 0 || fields.maxTokens() != null)) {
            throw size.tooLarge(maxTokens, answerBytesMax, fields.maxTokens() == null ? "n" : "max_tokens");
        }
        if (size.bytes(0) > answerBytesMax) {
            throw size.tooLarge(maxTokens, answerBytesMax, "echo");
        }
        return fitting;
    }

    private static SamplingParams sampling(
            GenerationDefaults defaults, SamplingFields fields, long seed, int logprobs, Set<Integer> stops) {
        int defaultTopK = defaults.topK().orElse(0);
        return new SamplingParams(
                or(fields.temperature(), or(defaults.temperature(), 1)),
                fields.topK() == null ? Math.max(defaultTopK, 0) : fields.topK(),
                // Some checkpoints say 0 and mean the best token alone.
                Math.max(or(fields.topP(), or(defaults.topP(), 1)), Double.MIN_NORMAL),
                or(fields.minP(), or(defaults.minP(), 0)),
                or(fields.repetitionPenalty(), or(defaults.repetitionPenalty(), 1)),
                fields.presencePenalty(),
                fields.frequencyPenalty(),
                fields.logitBias(),
                seed,
                logprobs,
                fields.minTokens() > 0 ? stops : Set.of(),
                fields.minTokens());
    }

    private static double or(@Nullable Double value, double fallback) {
        return value == null ? fallback : value;
    }
}
