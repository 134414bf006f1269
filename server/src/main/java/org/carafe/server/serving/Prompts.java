package org.carafe.server.serving;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.carafe.models.tokenizer.TextRange;
import org.carafe.models.tokenizer.Tokenizer;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.Conversation;
import org.carafe.server.openai.Prompt;

/**
 * Prompts as token ids. Thread-safe.
 *
 * <p>Tokenizing is one native call, during which a virtual thread keeps its carrier: two callers with megabytes of text would stop a
 * server with two cores. So long texts are tokenized on platform threads, a few at a time.
 */
public final class Prompts {
    /** About 10 ms of tokenizing. */
    private static final int LONG_TEXT_CHARS = 1 << 15;

    private final Semaphore longTexts =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    /**
     * Renders and tokenizes a conversation. Text of a special token inside a message never becomes that token.
     *
     * @throws ApiException where there is no template, it refuses the conversation, or the text is too long
     */
    public PromptTokens chat(ServedModel model, Conversation conversation) {
        return chat(model, conversation, false);
    }

    /**
     * As {@link #chat(ServedModel, Conversation)}.
     *
     * @param addSpecialTokens begin with BOS, which templates usually write themselves
     */
    public PromptTokens chat(ServedModel model, Conversation conversation, boolean addSpecialTokens) {
        ChatRenderer template = model.template();
        if (template == null) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED,
                    "The model '" + model.name() + "' has no chat template; use /v1/completions.",
                    "messages");
        }
        ChatRenderer.Rendered rendered = template.render(conversation);
        int[] ids = encode(model, rendered.text(), rendered.untrusted(), addSpecialTokens, "messages");
        return new PromptTokens(rendered.text(), required(ids, "messages"));
    }

    /**
     * Tokenizes a text or checks ids. Text of a special token becomes that token: the caller of a text completion writes the frame of
     * a conversation itself.
     *
     * @throws ApiException where it is empty, too long, or an id is not in the vocabulary
     */
    public PromptTokens completion(ServedModel model, Prompt prompt, boolean addSpecialTokens, String path) {
        return switch (prompt) {
            case Prompt.Text(String text) -> {
                int[] ids = encode(model, text, List.of(), addSpecialTokens, path);
                VocabularyCheck.text(ids, model, path);
                yield new PromptTokens(text, required(ids, path));
            }
            case Prompt.Tokens(List<Integer> list) -> {
                int[] ids = ids(model, list, path);
                VocabularyCheck.prompt(ids, model, path);
                yield new PromptTokens(model.tokenizer().decode(ids, true), ids);
            }
        };
    }

    /**
     * Checked ids: no more than fit the context, all in the vocabulary.
     *
     * @throws ApiException {@code CONTEXT_LENGTH_EXCEEDED}, {@code INVALID_VALUE}
     */
    public static int[] ids(ServedModel model, List<Integer> list, String path) {
        tooLong(model, list.size(), path);
        int[] ids = list.stream().mapToInt(Integer::intValue).toArray();
        VocabularyCheck.ids(ids, model, path);
        return ids;
    }

    /** Ids of a text; BOS first where the model wants one and {@code addSpecialTokens} asks. */
    public int[] encode(
            ServedModel model, String text, List<TextRange> untrusted, boolean addSpecialTokens, String path) {
        checkLength(text, path);
        boolean addBegin = addSpecialTokens && model.tokenizer().addsBeginToken();
        if (text.length() < LONG_TEXT_CHARS) {
            return model.tokenizer().encode(text, untrusted, addBegin);
        }
        return elsewhere(() -> model.tokenizer().encode(text, untrusted, addBegin));
    }

    /**
     * Whether a text is short enough to be tokenized at all.
     *
     * @throws ApiException {@code INPUT_TOO_LARGE}
     */
    public static void checkLength(String text, String path) {
        if (text.length() > Tokenizer.TEXT_LENGTH_MAX) {
            throw new ApiException(
                    ErrorKind.INPUT_TOO_LARGE,
                    "'" + path + "' has " + text.length() + " characters; the limit is " + Tokenizer.TEXT_LENGTH_MAX
                            + ".",
                    path);
        }
    }

    private int[] elsewhere(Supplier<int[]> encoding) {
        try {
            longTexts.acquire();
            try {
                CompletableFuture<int[]> ids = new CompletableFuture<>();
                Thread.ofPlatform().name("tokenize").daemon().start(() -> ids.completeAsync(encoding, Runnable::run));
                return ids.get();
            } finally {
                longTexts.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorKind.MODEL_UNAVAILABLE, "Unavailable: the server was stopped.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("tokenizing failed", e.getCause());
        }
    }

    private static void tooLong(ServedModel model, int tokens, String path) {
        if (tokens > model.contextTokensMax()) {
            throw new ApiException(
                    ErrorKind.CONTEXT_LENGTH_EXCEEDED,
                    "This model's maximum context length is " + model.contextTokensMax()
                            + " tokens. However, your prompt has " + tokens + " tokens.",
                    path);
        }
    }

    private static int[] required(int[] ids, String path) {
        if (ids.length == 0) {
            throw new ApiException(ErrorKind.INVALID_VALUE, "Invalid '" + path + "': it has no tokens.", path);
        }
        return ids;
    }
}
