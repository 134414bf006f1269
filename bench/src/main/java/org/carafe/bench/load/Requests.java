package org.carafe.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a load: distinct prompts of a given length (so that no prefix cache helps, unless asked for), greedy, and answers of
 * an exact length by {@code ignore_eos} and {@code min_tokens}, which Carafe and vLLM know.
 */
public final class Requests implements IntFunction<byte[]> {
    private static final String[] WORDS = {
        "time",
        "year",
        "people",
        "way",
        "day",
        "man",
        "thing",
        "woman",
        "life",
        "child",
        "world",
        "school",
        "state",
        "family",
        "student",
        "group",
        "country",
        "problem",
        "hand",
        "part",
        "place",
        "case",
        "week",
        "company",
        "system",
        "program",
        "question",
        "work",
        "number",
        "night",
        "point",
        "home",
        "water",
        "room",
        "mother",
        "area",
        "money",
        "story",
        "fact",
        "month",
        "lot",
        "right",
        "study",
        "book",
        "eye",
        "job",
        "word",
        "business",
        "issue",
        "side",
        "kind",
        "head",
        "house",
        "service",
        "friend",
        "father",
        "power",
        "hour",
        "game",
        "line",
        "end",
        "member",
        "law",
        "car"
    };

    private final Shape shape;
    private final String prefix;

    public Requests(Shape shape) {
        this.shape = shape;
        this.prefix = words(new SplittableRandom(shape.seed() ^ 0x5eed), shape.sharedTokens());
    }

    /**
     * What each request is.
     *
     * @param host of the {@code Host} header
     * @param apiKey sent as a bearer; null: none
     * @param chat {@code /v1/chat/completions}, else {@code /v1/completions}
     * @param inputTokens words of the prompt, a token or so each; answers tell the true number
     * @param sharedTokens how many of them, at its start, are the same in every request
     * @param outputTokens exact length of an answer
     */
    public record Shape(
            String host,
            String model,
            @Nullable String apiKey,
            boolean chat,
            boolean stream,
            int inputTokens,
            int sharedTokens,
            int outputTokens,
            long seed) {
        public Shape {
            if (inputTokens < 1 || outputTokens < 1 || sharedTokens < 0 || sharedTokens > inputTokens) {
                throw new IllegalArgumentException("a request has at least one token in and one out");
            }
        }
    }

    @Override
    public byte[] apply(int index) {
        SplittableRandom random = new SplittableRandom(shape.seed() * 1_000_003 + index);
        String prompt = prefix + words(random, shape.inputTokens() - shape.sharedTokens());
        StringBuilder json =
                new StringBuilder(prompt.length() + 256).append("{\"model\":\"").append(escape(shape.model()));
        if (shape.chat()) {
            json.append("\",\"messages\":[{\"role\":\"user\",\"content\":\"")
                    .append(prompt)
                    .append("\"}]");
        } else {
            json.append("\",\"prompt\":\"").append(prompt).append('"');
        }
        json.append(",\"max_tokens\":").append(shape.outputTokens());
        json.append(",\"min_tokens\":").append(shape.outputTokens());
        json.append(",\"ignore_eos\":true,\"temperature\":0");
        if (shape.stream()) {
            json.append(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        }
        byte[] body = json.append('}').toString().getBytes(UTF_8);
        byte[] head = head(body.length).getBytes(UTF_8);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    private String head(int bodyBytes) {
        String path = shape.chat() ? "/v1/chat/completions" : "/v1/completions";
        String key = shape.apiKey() == null ? "" : "Authorization: Bearer " + shape.apiKey() + "\r\n";
        return "POST " + path + " HTTP/1.1\r\nHost: " + shape.host() + "\r\n" + key
                + "Content-Type: application/json\r\nContent-Length: " + bodyBytes + "\r\n\r\n";
    }

    private static String words(SplittableRandom random, int count) {
        StringBuilder text = new StringBuilder(count * 7);
        for (int i = 0; i < count; i++) {
            text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
