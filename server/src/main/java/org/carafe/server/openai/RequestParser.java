package org.carafe.server.openai;

import static org.carafe.server.openai.RequestLimits.BEST_OF_MAX;
import static org.carafe.server.openai.RequestLimits.LOGPROBS_MAX;
import static org.carafe.server.openai.RequestLimits.MODEL_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.SEQUENCES_MAX;
import static org.carafe.server.openai.RequestLimits.TOKENS_MAX;
import static org.carafe.server.openai.RequestLimits.TOOLS_MAX;
import static org.carafe.server.openai.RequestLimits.TOOL_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.TOOL_VALUES_MAX;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * Request bodies to valid requests. Each method throws {@link ApiException} naming the first field at fault, its value and the limit.
 * Thread-safe.
 */
public final class RequestParser {
    private final boolean ignoreUnknown;

    /** @param ignoreUnknown let unknown fields pass, and list them */
    public RequestParser(boolean ignoreUnknown) {
        this.ignoreUnknown = ignoreUnknown;
    }

    /** {@code POST /v1/chat/completions}. */
    public ChatRequest chat(byte[] bytes) {
        ObjectNode body = StrictJson.object(bytes);
        Fields fields = new Fields(body, "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        String model = fields.requiredText("model", MODEL_CHARS_MAX);
        LaterFeatures.check(fields, body);
        Conversation conversation = ConversationParser.parse(fields, List.of(), unknown);
        SamplingFields sampling = SamplingParser.parse(fields, chatMaxTokens(fields), chatLogprobs(fields), unknown);
        unknown.check(fields);
        return new ChatRequest(model, conversation, sampling, unknown.ignored());
    }

    private static @Nullable Integer chatMaxTokens(Fields fields) {
        Integer current = fields.integer("max_completion_tokens", 1, TOKENS_MAX);
        Integer legacy = fields.integer("max_tokens", 1, TOKENS_MAX);
        if (current != null && legacy != null && !Objects.equals(current, legacy)) {
            throw Fields.invalid(
                    "max_tokens",
                    legacy + " contradicts 'max_completion_tokens', which is " + current + "; give one of them");
        }
        return current != null ? current : legacy;
    }

    private static int chatLogprobs(Fields fields) {
        boolean wanted = fields.flag("logprobs", false);
        Integer top = fields.integer("top_logprobs", 0, LOGPROBS_MAX);
        if (top != null && top > 0 && !wanted) {
            throw Fields.invalid("top_logprobs", top + " needs 'logprobs' to be true");
        }
        return !wanted ? -1 : top == null ? 0 : top;
    }

    /** {@code POST /v1/completions}. */
    public CompletionRequest completion(byte[] bytes) {
        ObjectNode body = StrictJson.object(bytes);
        Fields fields = new Fields(body, "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        String model = fields.requiredText("model", MODEL_CHARS_MAX);
        List<Prompt> prompts = PromptParser.parse(fields.required("prompt"));
        JsonNode suffix = fields.value("suffix");
        if (suffix != null && !(suffix.isTextual() && suffix.textValue().isEmpty())) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED,
                    "Unsupported 'suffix': this model has no infill, it only continues a prompt.",
                    "suffix");
        }
        LaterFeatures.check(fields, body);
        boolean echo = fields.flag("echo", false);
        Integer maxTokens = fields.integer("max_tokens", 0, TOKENS_MAX);
        if (maxTokens != null && maxTokens == 0 && !echo) {
            throw Fields.invalid("max_tokens", "0 needs 'echo' to be true, else there is nothing to answer");
        }
        Integer logprobs = fields.integer("logprobs", 0, LOGPROBS_MAX);
        boolean addSpecial = fields.flag("add_special_tokens", true);
        SamplingFields sampling = SamplingParser.parse(fields, maxTokens, logprobs == null ? -1 : logprobs, unknown);
        int bestOf = bestOf(fields, sampling, prompts.size());
        unknown.check(fields);
        return new CompletionRequest(model, prompts, echo, bestOf, addSpecial, sampling, unknown.ignored());
    }

    private static int bestOf(Fields fields, SamplingFields sampling, int prompts) {
        Integer given = fields.integer("best_of", 1, BEST_OF_MAX);
        int bestOf = given == null ? sampling.n() : given;
        if (bestOf < sampling.n()) {
            throw Fields.invalid("best_of", bestOf + " is less than 'n', which is " + sampling.n());
        }
        if (bestOf > sampling.n() && sampling.stream()) {
            throw Fields.invalid("best_of", "a stream cannot take back what it sent; with 'stream' it must equal 'n'");
        }
        if ((long) bestOf * prompts > SEQUENCES_MAX) {
            throw Fields.invalid(
                    given == null ? "n" : "best_of",
                    bestOf + " times " + prompts + " prompts are more than the " + SEQUENCES_MAX
                            + " sequences of one request");
        }
        return bestOf;
    }

    /** {@code POST /tokenize}. */
    public TokenizeRequest tokenize(byte[] bytes) {
        Fields fields = new Fields(StrictJson.object(bytes), "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        String model = fields.text("model", MODEL_CHARS_MAX);
        String prompt = fields.text("prompt", Integer.MAX_VALUE);
        boolean chat = fields.value("messages") != null;
        if (chat == (prompt != null)) {
            throw new ApiException(
                    chat ? ErrorKind.INVALID_VALUE : ErrorKind.MISSING_FIELD,
                    "Give exactly one of 'prompt' and 'messages'.",
                    "prompt");
        }
        Conversation conversation = chat ? ConversationParser.parse(fields, tools(fields), unknown) : null;
        // As vLLM: a rendered chat already holds its BOS.
        boolean addSpecial = fields.flag("add_special_tokens", !chat);
        boolean strings = fields.flag("return_token_strs", false);
        unknown.check(fields);
        return new TokenizeRequest(model, prompt, conversation, addSpecial, strings, unknown.ignored());
    }

    private static List<JsonNode> tools(Fields fields) {
        ArrayNode array = fields.array("tools", TOOLS_MAX);
        List<JsonNode> tools = new ArrayList<>();
        if (array != null) {
            for (int i = 0; i < array.size(); i++) {
                String path = "tools[" + i + "]";
                if (!array.get(i).isObject()) {
                    throw Fields.wrongType(path, "an object", array.get(i));
                }
                tools.add(CleanJson.of(array.get(i), path, TOOL_VALUES_MAX, TOOL_CHARS_MAX));
            }
        }
        return tools;
    }

    /** {@code POST /detokenize}. */
    public DetokenizeRequest detokenize(byte[] bytes) {
        Fields fields = new Fields(StrictJson.object(bytes), "");
        UnknownFieldRule unknown = new UnknownFieldRule(ignoreUnknown);
        String model = fields.text("model", MODEL_CHARS_MAX);
        ArrayNode array = Fields.array(fields.required("tokens"), "tokens", TOKENS_MAX);
        List<Integer> tokens = TokenIds.parse(array, "tokens");
        unknown.check(fields);
        return new DetokenizeRequest(model, tokens, unknown.ignored());
    }
}
