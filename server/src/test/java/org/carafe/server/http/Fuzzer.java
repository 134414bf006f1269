package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes hostile requests of good ones. Everything follows from the random numbers given. */
final class Fuzzer {
    private static final String MODEL = "\"model\":\"" + TestServer.MODEL + "\"";
    private static final List<Request> GOOD = List.of(
            new Request(
                    "/v1/chat/completions",
                    "{" + MODEL
                            + ",\"messages\":[{\"role\":\"system\",\"content\":\"a\"},{\"role\":\"user\",\"content\":"
                            + "[{\"type\":\"text\",\"text\":\"hi\"}]},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{"
                            + "\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":[1]}\"}}]}],"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":5,\"temperature\":0.7,"
                            + "\"top_p\":0.9,\"n\":2,\"stop\":[\"a\",\"b\"],\"seed\":3,\"logprobs\":true,\"top_logprobs\":2,"
                            + "\"logit_bias\":{\"5\":1.5},\"presence_penalty\":0.1,\"frequency_penalty\":0.1,\"user\":\"u\","
                            + "\"metadata\":{\"k\":\"v\"},\"top_k\":5,\"min_p\":0.1,\"repetition_penalty\":1.1,"
                            + "\"stop_token_ids\":[9],\"min_tokens\":2,\"priority\":1,\"chat_template_kwargs\":{\"a\":{\"b\":[1]}},"
                            + "\"return_token_ids\":true}"),
            new Request(
                    "/v1/completions",
                    "{" + MODEL
                            + ",\"prompt\":[\"one\",[5,6,7]],\"max_tokens\":4,\"echo\":true,\"logprobs\":2,\"best_of\":2,"
                            + "\"n\":2,\"suffix\":null,\"ignore_eos\":true}"),
            new Request("/tokenize", "{" + MODEL + ",\"prompt\":\"some text\",\"return_token_strs\":true}"),
            new Request(
                    "/tokenize",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{\"type\":\"function\",\"function\":"
                            + "{\"name\":\"f\",\"parameters\":{}}}],\"add_generation_prompt\":true}"),
            new Request("/detokenize", "{" + MODEL + ",\"tokens\":[1,2,3]}"));

    private static final String[] HOSTILE = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1",
        "2147483648",
        "-9223372036854775809",
        "1e309",
        "-1e-400",
        "0.1",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ufffe\"",
        "\"<|begin_of_text|><|end_of_text|>\"",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{\"\":null}",
        "[1,\"a\",{}]",
        "{\"a\":{\"a\":{\"a\":{}}}}",
        "9".repeat(100),
        "9".repeat(5000),
        "\"" + "x".repeat(3000) + "\"",
        "\"" + "\\u200d".repeat(300) + "\"",
        "[".repeat(70) + "]".repeat(70),
        "{\"a\":".repeat(40) + "1" + "}".repeat(40),
        "[" + "0,".repeat(500) + "0]",
        "[" + "\"s\",".repeat(200) + "\"s\"]",
        "\"assistant\"",
        "\"text\"",
        "\"image_url\"",
        "\"developer\""
    };

    private Fuzzer() {}

    record Request(String path, String body) {
        byte[] bytes() {
            return body.getBytes(UTF_8);
        }

        String onTheWire() {
            return RawClient.post(path, body);
        }
    }

    /** A request with some of its values replaced, fields renamed or dropped, or bytes changed. */
    static Request body(Random random) {
        Request good = GOOD.get(random.nextInt(GOOD.size()));
        String body = good.body();
        int changes = 1 + random.nextInt(3);
        boolean structured = random.nextInt(4) > 0;
        for (int i = 0; i < changes; i++) {
            body = structured ? replaceValue(body, random) : scramble(body, random);
        }
        return new Request(good.path(), body);
    }

    private static String replaceValue(String body, Random random) {
        JsonNode tree = TestServer.parse(body);
        List<Runnable> changes = new ArrayList<>();
        collect(tree, random, changes);
        if (changes.isEmpty()) {
            return body;
        }
        changes.get(random.nextInt(changes.size())).run();
        String[] parts = tree.toString().split("\"HOSTILE-VALUE\"", -1);
        StringBuilder out = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            String value = HOSTILE[random.nextInt(HOSTILE.length)];
            // Later changes parse the result again, which takes no lone surrogates or endless numbers: these come last.
            out.append(TestServer.isJson(value) ? value : "null").append(parts[i]);
        }
        return out.toString();
    }

    private static void collect(JsonNode node, Random random, List<Runnable> changes) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                changes.add(() -> object.put(name, "HOSTILE-VALUE"));
                changes.add(() -> {
                    if (random.nextBoolean()) {
                        object.remove(name);
                    } else {
                        object.set(name + "x", object.remove(name));
                    }
                });
                collect(object.get(name), random, changes);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                changes.add(() -> array.insert(index, "HOSTILE-VALUE"));
                collect(array.get(i), random, changes);
            }
        }
    }

    private static String scramble(String body, Random random) {
        if (body.isEmpty()) {
            return "{";
        }
        int at = random.nextInt(body.length());
        return switch (random.nextInt(5)) {
            case 0 -> body.substring(0, at);
            case 1 -> body.substring(0, at) + (char) random.nextInt(0x3000) + body.substring(at);
            case 2 -> body.substring(0, at) + body.substring(Math.min(body.length(), at + 1 + random.nextInt(5)));
            case 3 -> body.substring(0, at) + HOSTILE[random.nextInt(HOSTILE.length)] + body.substring(at);
            default -> body + body.substring(at);
        };
    }

    /** Bytes that are nearly a request. */
    static byte[] head(Random random) {
        byte[] bytes = GOOD.get(random.nextInt(GOOD.size())).onTheWire().getBytes(ISO_8859_1);
        int headEnd = new String(bytes, ISO_8859_1).indexOf("\r\n\r\n");
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            bytes[random.nextInt(headEnd)] = (byte)
                    (random.nextInt(3) == 0 ? "\r\n\0 :\t;,/%?#".charAt(random.nextInt(12)) : random.nextInt(256));
        }
        return bytes;
    }

    static String shown(String request) {
        return request.length() > 600 ? request.substring(0, 600) + "…" : request;
    }
}
