package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts, plans and what they pay and are paid, over the admin API. */
final class AdminApiAccountsTest {
    @AutoClose
    private static AdminServer admin;

    @BeforeAll
    static void start(@TempDir Path data) {
        admin = new AdminServer(data);
    }

    @Test
    void anAccountIsMadeShownChangedAndListed() {
        TestServer.Answered made = admin.post(
                "accounts",
                "{\"name\":\"acme & sons/è\",\"error_style\":\"flat\",\"monthly_credits\":100,\"low_balance\":\"0.000001\","
                        + "\"limits\":{\"requests_per_minute\":5},\"metadata\":{\"team\":\"blue\"}}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        String path = "accounts/acme%20%26%20sons%2F%C3%A8";
        JsonNode shown = admin.get(path).json();
        assertThat(shown).isEqualTo(made.json());
        assertThat(shown.path("name").textValue()).isEqualTo("acme & sons/è");
        assertThat(shown.path("error_style").textValue()).isEqualTo("flat");
        assertThat(shown.at("/monthly/credits").intValue()).isEqualTo(100);
        assertThat(shown.path("low_balance").decimalValue()).isEqualByComparingTo("0.000001");

        JsonNode changed = admin.ask(
                        "PATCH", path, "{\"limits\":{\"tokens_per_day\":9},\"monthly_credits\":null,\"metadata\":{}}")
                .json();
        assertThat(changed.path("monthly").isNull()).isTrue();
        assertThat(changed.at("/limits/requests_per_minute").intValue())
                .as("not named: as before")
                .isEqualTo(5);
        assertThat(changed.at("/limits/tokens_per_day").intValue()).isEqualTo(9);
        assertThat(changed.path("error_style").textValue()).isEqualTo("flat");
        assertThat(changed.path("metadata")).isEmpty();

        assertThat(admin.post("accounts", "{\"name\":\"acme & sons/è\"}").status())
                .isEqualTo(409);
        assertThat(admin.post(path + "/disable", "").json().path("disabled").booleanValue())
                .isTrue();
        assertThat(admin.post(path + "/enable", "{}").json().path("disabled").booleanValue())
                .isFalse();
    }

    @Test
    void listsComeInPagesThatMissNothing() {
        for (int i = 0; i < 7; i++) {
            assertThat(admin.post("plans", "{\"name\":\"page-" + i + "\",\"daily_credits\":" + i + "}")
                            .status())
                    .isEqualTo(201);
        }
        List<String> names = new ArrayList<>();
        String cursor = "page-";
        int pages = 0;
        while (cursor != null) {
            JsonNode page = admin.get("plans?limit=3&after=" + cursor).json();
            assertThat(page.path("data").size()).isLessThanOrEqualTo(3);
            page.path("data").forEach(plan -> names.add(plan.path("name").textValue()));
            cursor = page.path("next_cursor").textValue();
            pages++;
        }
        assertThat(names).containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");
        assertThat(pages).isEqualTo(3);
        assertThat(admin.get("plans/page-3").json().path("daily_credits").intValue())
                .isEqualTo(3);
        assertThat(admin.ask("PATCH", "plans/page-3", "{\"daily_credits\":4}")
                        .json()
                        .path("daily_credits")
                        .intValue())
                .isEqualTo(4);
    }

    @Test
    void aTopUpWithAKeyHappensOnceAndAnotherBodyIsAConflict() {
        admin.account("payer");
        String body = "{\"credits\":12.5,\"reason\":\"invoice 7\"}";
        TestServer.Answered first = admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "pay-7");
        TestServer.Answered again = admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "pay-7");
        assertThat(first.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(admin.balance("payer")).isEqualTo("12.5");
        TestServer.Answered other =
                admin.post("accounts/payer/top-ups", body.replace("12.5", "12.6"), "Idempotency-Key", "pay-7");
        assertThat(other.status()).isEqualTo(409);
        assertThat(admin.balance("payer")).isEqualTo("12.5");
        assertThat(admin.post("accounts/payer/top-ups", body, "Idempotency-Key", "a b")
                        .status())
                .isEqualTo(400);

        String id = first.json().path("id").textValue();
        assertThat(admin.post("transactions/" + id + "/reversal", "{\"reason\":\"wrong account\"}")
                        .status())
                .isEqualTo(201);
        assertThat(admin.balance("payer")).isEqualTo("0");
        assertThat(admin.post("transactions/" + id + "/reversal", "{\"reason\":\"again\"}")
                        .status())
                .isEqualTo(409);
        assertThat(admin.post("accounts/payer/adjustments", "{\"credits\":-1,\"reason\":\"none\"}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aStatementIsJsonOrCsv() {
        admin.account("statement");
        admin.post("accounts/statement/top-ups", "{\"credits\":3,\"reason\":\"=HYPERLINK(\\\"x\\\"), yes\"}");
        admin.post("accounts/statement/adjustments", "{\"credits\":-1.25,\"reason\":\"fee\"}");
        admin.account("tiny");
        admin.post("accounts/tiny/top-ups", "{\"credits\":0.000003,\"reason\":\"r\"}");
        admin.post("accounts/tiny/top-ups", "{\"credits\":\"123456789012.123456\",\"reason\":\"r\"}");
        assertThat(admin.get("accounts/tiny/statement?format=csv").body())
                .as("every digit")
                .contains(",0.000003,", ",123456789012.123456,");
        JsonNode page = admin.get("accounts/statement/statement").json();
        assertThat(page.path("data")).hasSize(2);
        assertThat(page.at("/data/0/amount").decimalValue()).isEqualByComparingTo("-1.25");
        TestServer.Answered csv = admin.get("accounts/statement/statement", "Accept", "text/csv");
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.body().lines().toList()).hasSize(3);
        assertThat(csv.body())
                .startsWith("id,at,kind,fund,amount,reverses,reason,actor\r\n")
                .contains(",-1.25,,fee,")
                .as("a formula is text")
                .contains("\"'=HYPERLINK(\"\"x\"\"), yes\"");
        TestServer.Answered cut = admin.get("accounts/statement/statement?format=csv&limit=1");
        assertThat(cut.header("X-Next-Cursor")).isNotEmpty();
        assertThat(admin.get("accounts/statement/statement?format=csv&limit=1&after=" + cut.header("X-Next-Cursor"))
                        .body())
                .contains("top_up");
    }
}
