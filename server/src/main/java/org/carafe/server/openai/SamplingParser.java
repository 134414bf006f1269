package org.carafe.server.openai;

import static org.carafe.server.openai.RequestLimits.LOGIT_BIAS_ABS_MAX;
import static org.carafe.server.openai.RequestLimits.LOGIT_BIAS_MAX;
import static org.carafe.server.openai.RequestLimits.METADATA_KEY_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.METADATA_MAX;
import static org.carafe.server.openai.RequestLimits.METADATA_VALUE_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.PENALTY_ABS_MAX;
import static org.carafe.server.openai.RequestLimits.PRIORITY_ABS_MAX;
import static org.carafe.server.openai.RequestLimits.REPETITION_PENALTY_MAX;
import static org.carafe.server.openai.RequestLimits.REPETITION_PENALTY_MIN;
import static org.carafe.server.openai.RequestLimits.SEQUENCES_MAX;
import static org.carafe.server.openai.RequestLimits.STOPS_MAX;
import static org.carafe.server.openai.RequestLimits.STOP_CHARS_MAX;
import static org.carafe.server.openai.RequestLimits.STOP_TOKEN_IDS_MAX;
import static org.carafe.server.openai.RequestLimits.TEMPERATURE_MAX;
import static org.carafe.server.openai.RequestLimits.TOKENS_MAX;
import static org.carafe.server.openai.RequestLimits.USER_CHARS_MAX;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** Reads the fields that chat and text completions share. */
final class SamplingParser {
    /** Smallest nucleus: the best token alone. Stands for a caller's {@code top_p: 0}, which OpenAI accepts. */
    private static final double TOP_P_LEAST = 1e-9;

    private SamplingParser() {}

    /**
     * Reads them.
     *
     * @param maxTokens read by the dialect, as its name and least value differ
     * @param logprobs likewise
     */
    static SamplingFields parse(Fields fields, @Nullable Integer maxTokens, int logprobs, UnknownFieldRule unknown) {
        boolean stream = fields.flag("stream", false);
        boolean includeUsage = includeUsage(fields, stream, unknown);
        bookkeeping(fields);
        int minTokens = fields.integer("min_tokens", 0, TOKENS_MAX, 0);
        if (maxTokens != null && minTokens > maxTokens) {
            throw Fields.invalid(
                    fields.at("min_tokens"),
                    minTokens + " is more than the " + maxTokens + " tokens to generate at most");
        }
        Double topP = fields.number("top_p", 0, 1);
        Integer topK = fields.integer("top_k", -1, TOKENS_MAX);
        return new SamplingFields(
                maxTokens,
                fields.number("temperature", 0, TEMPERATURE_MAX),
                topP == null ? null : Double.valueOf(Math.max(topP, TOP_P_LEAST)),
                topK == null ? null : Integer.valueOf(Math.max(topK, 0)),
                fields.number("min_p", 0, 1),
                fields.number("repetition_penalty", REPETITION_PENALTY_MIN, REPETITION_PENALTY_MAX),
                orZero(fields.number("presence_penalty", -PENALTY_ABS_MAX, PENALTY_ABS_MAX)),
                orZero(fields.number("frequency_penalty", -PENALTY_ABS_MAX, PENALTY_ABS_MAX)),
                logitBias(fields),
                fields.longInteger("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                stop(fields),
                stopTokenIds(fields),
                minTokens,
                fields.flag("ignore_eos", false),
                fields.integer("priority", -PRIORITY_ABS_MAX, PRIORITY_ABS_MAX, 0),
                logprobs,
                fields.integer("n", 1, SEQUENCES_MAX, 1),
                stream,
                includeUsage,
                fields.flag("return_token_ids", false));
    }

    private static double orZero(@Nullable Double value) {
        return value == null ? 0 : value;
    }

    private static boolean includeUsage(Fields fields, boolean stream, UnknownFieldRule unknown) {
        ObjectNode options = fields.object("stream_options");
        if (options == null) {
            return false;
        }
        if (!stream) {
            throw Fields.invalid(fields.at("stream_options"), "it is only allowed where 'stream' is true");
        }
        Fields inner = new Fields(options, fields.at("stream_options") + ".");
        boolean include = inner.flag("include_usage", false);
        unknown.check(inner);
        return include;
    }

    /** Fields that change nothing about the answer; checked all the same. */
    private static void bookkeeping(Fields fields) {
        fields.text("user", USER_CHARS_MAX);
        if (fields.flag("store", false)) {
            throw new ApiException(
                    ErrorKind.UNSUPPORTED,
                    "Unsupported 'store': true. Nothing is stored here; only false is accepted.",
                    fields.at("store"));
        }
        ObjectNode metadata = fields.object("metadata");
        if (metadata == null) {
            return;
        }
        if (metadata.size() > METADATA_MAX) {
            throw Fields.invalid(
                    fields.at("metadata"), "it has " + metadata.size() + " entries; the limit is " + METADATA_MAX);
        }
        for (var entry : metadata.properties()) {
            String path = fields.at("metadata") + "." + Shown.text(entry.getKey(), METADATA_KEY_CHARS_MAX);
            if (entry.getKey().length() > METADATA_KEY_CHARS_MAX) {
                throw Fields.invalid(path, "its name is longer than " + METADATA_KEY_CHARS_MAX + " characters");
            }
            Fields.text(entry.getValue(), path, METADATA_VALUE_CHARS_MAX);
        }
    }

    private static Map<Integer, Double> logitBias(Fields fields) {
        ObjectNode object = fields.object("logit_bias");
        if (object == null) {
            return Map.of();
        }
        String path = fields.at("logit_bias");
        if (object.size() > LOGIT_BIAS_MAX) {
            throw Fields.invalid(path, "it has " + object.size() + " entries; the limit is " + LOGIT_BIAS_MAX);
        }
        Map<Integer, Double> bias = HashMap.newHashMap(object.size());
        for (var entry : object.properties()) {
            String name = entry.getKey();
            String at = path + "." + Shown.text(name, 20);
            if (name.isEmpty() || name.length() > 9 || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw Fields.invalid(at, "a name here is a token id in digits");
            }
            double value = Fields.number(entry.getValue(), at, -LOGIT_BIAS_ABS_MAX, LOGIT_BIAS_ABS_MAX);
            if (bias.put(Integer.parseInt(name), value) != null) {
                throw Fields.invalid(at, "this token id is given twice");
            }
        }
        return bias;
    }

    private static List<String> stop(Fields fields) {
        JsonNode value = fields.value("stop");
        String path = fields.at("stop");
        if (value == null) {
            return List.of();
        }
        if (value.isTextual()) {
            return List.of(stopText(value, path));
        }
        if (!value.isArray()) {
            throw Fields.wrongType(path, "a string or an array of strings", value);
        }
        List<String> stop = new ArrayList<>();
        int index = 0;
        for (JsonNode item : Fields.array(value, path, STOPS_MAX)) {
            stop.add(stopText(item, path + "[" + index++ + "]"));
        }
        return stop;
    }

    private static String stopText(JsonNode value, String path) {
        String text = Fields.text(value, path, STOP_CHARS_MAX);
        if (text.isEmpty()) {
            throw Fields.invalid(path, "an empty text cannot stop a generation");
        }
        return text;
    }

    private static Set<Integer> stopTokenIds(Fields fields) {
        Set<Integer> ids = new LinkedHashSet<>();
        var array = fields.array("stop_token_ids", STOP_TOKEN_IDS_MAX);
        if (array != null) {
            ids.addAll(TokenIds.parse(array, fields.at("stop_token_ids")));
        }
        return ids;
    }
}
