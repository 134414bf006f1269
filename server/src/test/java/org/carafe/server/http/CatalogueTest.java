package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.carafe.server.auth.Authenticator;
import org.carafe.server.auth.Principal;
import org.carafe.server.catalogue.Capability;
import org.carafe.server.catalogue.Catalogue;
import org.carafe.server.catalogue.CatalogueFile;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.catalogue.PriceBook;
import org.carafe.server.ledger.Price;
import org.junit.jupiter.api.Test;

final class CatalogueTest {
    private static final Instant SINCE = Instant.ofEpochSecond(1_700_000_000);
    private static final CatalogueModel ENTRY = new CatalogueModel(
            TestServer.MODEL,
            "The demo",
            null,
            500,
            20,
            Set.of(Capability.CHAT),
            new Price(0, 1_500_000, 250_000, 3_000_000),
            List.of("demo"));
    private static final Catalogue CATALOGUE = CatalogueFile.builtIn().and(List.of(ENTRY));

    private static TestServer start(Authenticator authenticator) {
        TestServer server =
                TestServer.with().authenticator(authenticator).entry(ENTRY).start();
        server.server().offer(CATALOGUE, PriceBook.of(CATALOGUE), SINCE);
        return server;
    }

    private static TestServer start() {
        return start(credential -> new Principal("anyone", "none", null));
    }

    @Test
    void theListHoldsWhatIsLoadedAndThenTheRestOfTheCatalogue() {
        try (TestServer server = start()) {
            List<JsonNode> models = listed(server);
            assertThat(models).hasSize(6);
            JsonNode demo = models.getFirst();
            assertThat(demo.path("id").textValue()).isEqualTo(TestServer.MODEL);
            assertThat(demo.path("status").textValue()).isEqualTo("loaded");
            assertThat(demo.path("context_length").intValue()).isEqualTo(500);
            assertThat(demo.path("max_output_tokens").intValue()).isEqualTo(20);
            assertThat(demo.path("pricing"))
                    .isEqualTo(
                            TestServer.parse(
                                    "{\"prompt\":1.5,\"completion\":3,\"cached_prompt\":0.25,\"unit\":\"credits per million tokens\"}"));
            JsonNode gemma = models.stream()
                    .filter(model -> model.path("id").textValue().equals("google/gemma-2-9b-it"))
                    .findFirst()
                    .orElseThrow();
            assertThat(gemma.path("status").textValue()).isEqualTo("available");
            assertThat(gemma.path("name").textValue()).isEqualTo("Gemma 2 9B");
            assertThat(gemma.path("created").longValue()).isEqualTo(SINCE.getEpochSecond());
            assertThat(gemma.path("context_length").intValue()).isEqualTo(8192);
            assertThat(gemma.path("max_output_tokens").intValue()).isEqualTo(4096);
            assertThat(gemma.path("capabilities"))
                    .isEqualTo(TestServer.parse("[\"chat\",\"completions\",\"streaming\",\"logprobs\"]"));
            assertThat(server.get("/v1/models/google/gemma-2-9b-it").json()).isEqualTo(gemma);
            assertThat(server.get("/v1/models/gemma-2-9b").json())
                    .as("by an alias")
                    .isEqualTo(gemma);
        }
    }

    @Test
    void aKeySeesOnlyTheModelsItIsScopedTo() {
        try (TestServer server =
                start(credential -> new Principal("a", "key", Set.of("meta-llama/llama-3.1-70b-instruct")))) {
            assertThat(listed(server))
                    .extracting(model -> model.path("id").textValue())
                    .containsExactly("meta-llama/llama-3.1-70b-instruct");
            assertThat(server.get("/v1/models/google/gemma-2-9b-it").status()).isEqualTo(404);
            assertThat(chat(server, "google/gemma-2-9b-it", "").status()).isEqualTo(403);
            assertThat(server.chat("").status()).isEqualTo(403);
        }
    }

    @Test
    void aModelThatIsNotLoadedIsUnavailableAndAnUnknownOneNotFound() {
        try (TestServer server = start()) {
            TestServer.Answered unavailable = chat(server, "mixtral-8x7b", "");
            assertThat(unavailable.status()).isEqualTo(503);
            assertThat(unavailable.error().path("code").textValue()).isEqualTo("model_unavailable");
            assertThat(unavailable.error().path("message").textValue())
                    .contains("'mixtral-8x7b'", "has not loaded it", TestServer.MODEL);
            assertThat(chat(server, "mixtral", "").status()).isEqualTo(404);
        }
    }

    @Test
    void aLoadedModelAnswersToItsAlias() {
        try (TestServer server = start()) {
            TestServer.Answered answered = chat(server, "demo", ",\"max_tokens\":2");
            assertThat(answered.status()).isEqualTo(200);
            assertThat(answered.json().path("model").textValue()).isEqualTo(TestServer.MODEL);
        }
    }

    @Test
    void anAnswerIsNoLongerThanTheCatalogueAllows() {
        try (TestServer server = start()) {
            TestServer.Answered more = server.chat(",\"max_tokens\":21");
            assertThat(more.status()).isEqualTo(400);
            assertThat(more.error().path("param").textValue()).isEqualTo("max_tokens");
            assertThat(more.error().path("message").textValue()).contains("21", "20");
            assertThat(server.chat(",\"max_tokens\":20,\"ignore_eos\":true")
                            .json()
                            .at("/usage/completion_tokens"))
                    .hasToString("20");
            JsonNode unasked = server.chat(",\"ignore_eos\":true").json();
            assertThat(unasked.at("/usage/completion_tokens").intValue()).isEqualTo(20);
            assertThat(unasked.at("/choices/0/finish_reason").textValue()).isEqualTo("length");
        }
    }

    @Test
    void theContextIsTheCataloguesToo() {
        try (TestServer server = start()) {
            String prompt = "[" + "5,".repeat(499) + "5]";
            TestServer.Answered answered =
                    server.post("/v1/completions", TestServer.completionBody(",\"prompt\":" + prompt));
            assertThat(answered.status()).isEqualTo(400);
            assertThat(answered.error().path("code").textValue()).isEqualTo("context_length_exceeded");
            assertThat(answered.error().path("message").textValue()).contains("500 tokens");
        }
    }

    private static TestServer.Answered chat(TestServer server, String model, String more) {
        return server.post("/v1/chat/completions", TestServer.chatBody(more).replace(TestServer.MODEL, model));
    }

    private static List<JsonNode> listed(TestServer server) {
        List<JsonNode> models = new ArrayList<>();
        server.get("/v1/models").json().path("data").forEach(models::add);
        return models;
    }
}
