package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI models against the server. */
class LangChain4jTest {
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = ClientServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey(ClientServer.KEY)
                .modelName(TestServer.MODEL)
                .maxTokens(24)
                .temperature(0.8)
                .seed(7)
                .maxRetries(0);
    }

    @Test
    void aStreamIsTheSameTextAsNoStream() throws Exception {
        ChatResponse whole = model().build().chat(UserMessage.from("Say something."));
        assertThat(whole.aiMessage().text()).isNotEmpty();
        assertThat(whole.tokenUsage().outputTokenCount()).isBetween(1, 24);

        OpenAiStreamingChatModel streaming = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey(ClientServer.KEY)
                .modelName(TestServer.MODEL)
                .maxTokens(24)
                .temperature(0.8)
                .seed(7)
                .build();
        StringBuilder parts = new StringBuilder();
        CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        streaming.chat("Say something.", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String part) {
                parts.append(part);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        ChatResponse streamed = end.get(30, TimeUnit.SECONDS);
        assertThat(parts.toString()).isEqualTo(whole.aiMessage().text());
        // The second one finds its prompt in the prefix cache, so only the counts are the same.
        assertThat(streamed.tokenUsage().inputTokenCount())
                .isEqualTo(whole.tokenUsage().inputTokenCount());
        assertThat(streamed.tokenUsage().outputTokenCount())
                .isEqualTo(whole.tokenUsage().outputTokenCount());
    }

    @Test
    void cancellingAStreamFreesItsPlaceInTheEngine() throws Exception {
        OpenAiStreamingChatModel endless = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey(ClientServer.KEY)
                .modelName(TestServer.MODEL)
                .maxTokens(ClientServer.ENDLESS_TOKENS)
                .customParameters(Map.of("ignore_eos", true))
                .build();
        CompletableFuture<StreamingHandle> cancelled = new CompletableFuture<>();
        endless.chat("Say something.", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                context.streamingHandle().cancel();
                cancelled.complete(context.streamingHandle());
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                cancelled.completeExceptionally(new AssertionError("it was not cancelled"));
            }

            @Override
            public void onError(Throwable error) {
                cancelled.completeExceptionally(error);
            }
        });
        assertThat(cancelled.get(30, TimeUnit.SECONDS).isCancelled()).isTrue();
        ClientServer.assertCancelled(server);
    }

    @Test
    void errorsAreItsOwnTypes() {
        assertThatThrownBy(() -> model().temperature(9.0).build().chat("Hello"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> model().apiKey("sk-wrong-key").build().chat("Hello"))
                .isInstanceOf(AuthenticationException.class);
    }
}
