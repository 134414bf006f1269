package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices, assistants and channels over the admin API. */
final class AdminApiModelsTest {
    @AutoClose
    private static AdminServer admin;

    @BeforeAll
    static void start(@TempDir Path data) {
        admin = new AdminServer(data);
    }

    @Test
    void pricesAssistantsAndChannels() {
        admin.account("site");
        assertThat(admin.post("prices", "{\"model\":\"org/m 1\",\"prompt\":1,\"completion\":2.5}")
                        .status())
                .isEqualTo(201);
        admin.post("prices", "{\"model\":\"org/m 1\",\"prompt\":2,\"completion\":3,\"cached_prompt\":0.5}");
        JsonNode history = admin.get("prices/org/m%201").json().path("data");
        assertThat(history).hasSize(2);
        assertThat(history.path(0).path("cached_prompt").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(admin.get("prices").json().path("data")).isNotEmpty();

        assertThat(admin.post(
                                "assistants",
                                "{\"name\":\"helper\",\"model\":\"carafe/demo\",\"system_prompt\":\"Be kind.\",\"sampling\":{\"temperature\":0.5}}")
                        .status())
                .isEqualTo(201);
        JsonNode changed = admin.ask("PATCH", "assistants/helper", "{\"system_prompt\":\"Be brief.\"}")
                .json();
        assertThat(changed.path("system_prompt").textValue()).isEqualTo("Be brief.");
        assertThat(changed.at("/sampling/temperature").doubleValue()).isEqualTo(0.5);
        assertThat(admin.ask("DELETE", "assistants/helper", null).status()).isEqualTo(200);
        assertThat(admin.get("assistants/helper").status()).isEqualTo(404);

        JsonNode channel = admin.post(
                        "channels",
                        "{\"name\":\"shop\",\"account\":\"site\",\"model\":\"carafe/demo\",\"origins\":[\"https://shop.example\"],\"daily_quota\":10}")
                .json();
        String id = channel.path("id").textValue();
        assertThat(channel.path("key").textValue()).startsWith("sk-ch-");
        assertThat(admin.get("channels/" + id).json().path("key")).isEqualTo(channel.path("key"));
        assertThat(admin.get("channels?account=site").body())
                .doesNotContain(channel.path("key").textValue());
        assertThat(admin.post("channels/" + id + "/disable", "")
                        .json()
                        .path("enabled")
                        .booleanValue())
                .isFalse();
        assertThat(admin.post("channels/" + id + "/enable", "")
                        .json()
                        .path("enabled")
                        .booleanValue())
                .isTrue();
        assertThat(admin.post("channels/" + id + "/rotate-key", "{\"grace_seconds\":0}")
                        .json()
                        .path("key"))
                .isNotEqualTo(channel.path("key"));
    }
}
