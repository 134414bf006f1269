package org.carafe.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** Fields of the API that are known but not honoured yet: accepted where they ask for nothing, else an error that says so. */
final class LaterFeatures {
    /** OpenAI's fields that SDKs may send as null; with any value they are unknown. */
    private static final List<String> NULL_ONLY = List.of(
            "audio",
            "function_call",
            "functions",
            "modalities",
            "prediction",
            "prompt_cache_key",
            "reasoning_effort",
            "safety_identifier",
            "service_tier",
            "verbosity",
            "web_search_options");

    private LaterFeatures() {}

    static void check(Fields fields, ObjectNode body) {
        responseFormat(fields);
        tools(fields);
        for (String name : NULL_ONLY) {
            if (body.path(name).isNull()) {
                fields.value(name);
            }
        }
    }

    private static void responseFormat(Fields fields) {
        JsonNode format = fields.value("response_format");
        if (format == null) {
            return;
        }
        if (!format.isObject()) {
            throw Fields.wrongType(fields.at("response_format"), "an object", format);
        }
        if (!"text".equals(format.path("type").textValue())) {
            throw later(
                    fields.at("response_format"),
                    "response_format of type " + Shown.value(format.path("type"))
                            + " comes in a later version; only 'text' is honoured");
        }
    }

    private static void tools(Fields fields) {
        JsonNode tools = fields.value("tools");
        if (tools != null && !tools.isArray()) {
            throw Fields.wrongType(fields.at("tools"), "an array", tools);
        }
        if (tools != null && !tools.isEmpty()) {
            throw later(fields.at("tools"), "tools come in a later version; only an empty array is accepted");
        }
        JsonNode choice = fields.value("tool_choice");
        if (choice != null && !"none".equals(choice.textValue())) {
            throw later(fields.at("tool_choice"), "tools come in a later version; only 'none' is accepted");
        }
        fields.flag("parallel_tool_calls", true);
    }

    private static ApiException later(String path, String why) {
        return new ApiException(ErrorKind.UNSUPPORTED, "Unsupported '" + path + "': " + why + ".", path);
    }
}
