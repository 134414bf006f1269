package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the admin API makes of input that is wrong or hostile. */
final class AdminApiInputTest {
    @AutoClose
    private static AdminServer admin;

    @BeforeAll
    static void start(@TempDir Path data) {
        admin = new AdminServer(data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  | accounts           | {\"name\":\"a\",\"colour\":1}       | 400 | colour",
                "POST  | accounts           | {\"name\":1}                        | 400 | name",
                "POST  | accounts           | {}                                  | 400 | name",
                "POST  | accounts           | {\"name\":\"a\",\"limits\":{\"rpm\":1}} | 400 | limits.rpm",
                "POST  | accounts           | {\"name\":\" a\"}                   | 400 | blanks",
                "POST  | accounts           | {\"name\":\"a\",\"plan\":\"gold\"}  | 400 | gold",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":-1}  | 400 | Monthly credits",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":0.0000001} | 400 | 6 decimals",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":123456789.1234567} | 400 | string",
                "POST  | accounts           | {\"name\":\"a\",\"monthly_credits\":true} | 400 | number of credits",
                "POST  | accounts           | {\"name\":\"a\"                     | 400 | JSON",
                "POST  | accounts/nobody/top-ups | {\"credits\":1,\"reason\":\"r\"} | 404 | nobody",
                "POST  | accounts/nobody/top-ups | {\"credits\":0,\"reason\":\"r\"} | 400 | more than 0",
                "PATCH | accounts/nobody    | {}                                  | 404 | nobody",
                "POST  | transactions/x/reversal | {\"reason\":\"r\"}             | 400 | number",
                "POST  | keys/key_none/revoke | {}                                | 404 | key_none",
                "POST  | keys/key_none/rotate | {\"grace_seconds\":-1}            | 400 | grace_seconds",
                "POST  | prices             | {\"model\":\"m\",\"prompt\":1}      | 400 | completion",
                "POST  | assistants         | {\"name\":\"a\",\"model\":\"m\",\"sampling\":{\"temperature\":\"hot\"}} | 400 | sampling.temperature",
                "POST  | channels           | {\"name\":\"c\",\"account\":\"nobody\",\"model\":\"m\"} | 400 | nobody",
            })
    void aWrongBodyIsNamedAndChangesNothing(String method, String path, String body, int status, String named) {
        JsonNode before = admin.get("audit?limit=1").json();
        TestServer.Answered answered = admin.ask(method, path, body);
        assertThat(answered.status()).as(answered.body()).isEqualTo(status);
        assertThat(answered.error().path("message").textValue()
                        + answered.error().path("param"))
                .contains(named);
        assertThat(admin.get("audit?limit=1").json()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "accounts?limit=0",
        "accounts?limit=1001",
        "accounts?limit=x",
        "accounts?limt=5",
        "usage?by=moon",
        "usage?from=yesterday",
        "usage?from=2026-02-01&to=2026-01-01",
        "usage?format=xml",
        "usage?by=day&by=key",
        "audit?after=x",
        "accounts/none/statement?after=1.2.%2e%2e"
    })
    void aWrongQueryIsRefused(String path) {
        assertThat(admin.get(path).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
    void whatAFormCanSendIsNotRead(String type) {
        TestServer.Answered answered =
                admin.raw("POST", "/admin/v1/accounts", "Authorization", "Bearer " + admin.key, "Content-Type", type);
        assertThat(answered.status()).isEqualTo(415);
    }

    @Test
    void aMethodThatARouteLacksIsNamedWithThoseItHas() {
        TestServer.Answered answered = admin.ask("DELETE", "accounts/x", null);
        assertThat(answered.status()).isEqualTo(405);
        assertThat(answered.header("Allow")).isEqualTo("GET, HEAD, PATCH");
    }

    @Test
    void whatIsInjectedIsAName() {
        String name = "x'); drop table account; --";
        assertThat(admin.post("accounts", "{\"name\":\"" + name + "\",\"metadata\":{\"a\":\"' or 1=1\"}}")
                        .status())
                .isEqualTo(201);
        assertThat(admin.get("accounts/x')%3B%20drop%20table%20account%3B%20--")
                        .json()
                        .path("name")
                        .textValue())
                .isEqualTo(name);
        assertThat(admin.get("accounts?after=%27%20or%201%3D1").status()).isEqualTo(200);
        assertThat(admin.get("keys/..%2F..%2Fetc%2Fpasswd").status()).isIn(400, 404);
    }
}
