package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own Java client against the server. */
class OpenAiJavaTest {
    private static TestServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void connect() throws Exception {
        server = ClientServer.start();
        client = client(ClientServer.KEY);
    }

    @AfterAll
    static void disconnect() {
        client.close();
        server.close();
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(TestServer.MODEL)
                .addUserMessage("Say something.")
                .maxCompletionTokens(24)
                .temperature(0.8)
                .putAdditionalBodyProperty("seed", JsonValue.from(7));
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().getFirst().message().content().orElseThrow();
    }

    @Test
    void aStreamIsTheSameTextAsNoStream() {
        ChatCompletion whole = client.chat().completions().create(chat().build());
        assertThat(text(whole)).isNotEmpty();
        assertThat(whole.usage().orElseThrow().completionTokens()).isBetween(1L, 24L);
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(chat().build())) {
            String streamed = stream.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
            assertThat(streamed).isEqualTo(text(whole));
        }
    }

    @Test
    void textCompletionsWork() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(TestServer.MODEL)
                        .prompt("Once upon a time")
                        .maxTokens(12)
                        .seed(3)
                        .build());
        assertThat(completion.choices().getFirst().text()).isNotEmpty();
    }

    @Test
    void modelsAreListed() {
        assertThat(client.models().list().data()).extracting(Model::id).contains(TestServer.MODEL);
    }

    @Test
    void errorsAreItsOwnTypes() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat().temperature(9.0).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() ->
                        client.chat().completions().create(chat().model("none").build()))
                .isInstanceOf(NotFoundException.class);
        OpenAIClient stranger = client("sk-wrong-key");
        assertThatThrownBy(() -> stranger.chat().completions().create(chat().build()))
                .isInstanceOf(UnauthorizedException.class);
        stranger.close();
    }

    @Test
    void closingAStreamFreesItsPlaceInTheEngine() {
        ChatCompletionCreateParams endless = chat().maxCompletionTokens(ClientServer.ENDLESS_TOKENS)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(endless)) {
            assertThat(stream.stream().limit(3).toList()).hasSize(3);
            assertThat(server.isIdle()).isFalse();
        }
        ClientServer.assertCancelled(server);
    }
}
