package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.auth.IpRange;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a key may be used from, behind proxies: these tests call from 127.0.0.1, which one of the servers trusts. */
final class TrustedProxiesTest {
    private static final List<String> ALLOWED = List.of("203.0.113.0/24", "2001:db8::/32");

    @TempDir
    static Path data;

    private static LedgerServer behindProxies;
    private static String key;

    @BeforeAll
    static void start() {
        behindProxies = serve(data, "127.0.0.1", "10.0.0.0/8", "fd00::/8");
        key = limited(behindProxies, ALLOWED);
    }

    @AfterAll
    static void close() {
        behindProxies.close();
    }

    private static LedgerServer serve(Path data, String... proxies) {
        List<IpRange> trusted = Arrays.stream(proxies).map(IpRange::parse).toList();
        HttpSettings.Rules rules = new HttpSettings.Rules(HttpSettings.UnknownFields.REJECT, true, false, trusted);
        LedgerServer server = LedgerServer.start(
                DatabaseSettings.sqlite(data),
                InstantSource.system(),
                builder -> builder.settings(HttpSettings.defaults().with(rules)));
        server.account("a", 1_000);
        return server;
    }

    private static String limited(LedgerServer server, List<String> ranges) {
        KeyScope scope = new KeyScope(null, null, null, ranges);
        return server.key("a", new KeySettings("k", scope, LedgerServer.UNLIMITED, null, null, null, Map.of()));
    }

    private static RawResponse models(LedgerServer server, String usedKey, String... forwarded) throws IOException {
        StringBuilder request = new StringBuilder("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n");
        request.append("Authorization: Bearer ").append(usedKey).append("\r\n");
        for (String line : forwarded) {
            request.append("X-Forwarded-For: ").append(line).append("\r\n");
        }
        try (RawClient client = new RawClient(server.server())) {
            client.send(request.append("\r\n").toString());
            return RawResponse.read(client.socket().getInputStream());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.7",
                " 203.0.113.7 ",
                "203.0.113.7:51234",
                "2001:db8::7",
                "[2001:db8::7]",
                "[2001:db8::7]:443",
                "2001:DB8:0:0:0:0:0:7",
                "::ffff:203.0.113.7",
                "203.0.113.7, 10.1.2.3",
                "203.0.113.7,10.1.2.3 , fd00::1,127.0.0.1",
                "198.51.100.1, 203.0.113.7",
                "nonsense, 203.0.113.7, 10.1.2.3",
                "',;{}, 203.0.113.7",
            })
    void theCallerIsTheRightMostAddressThatIsNoProxys(String forwarded) throws IOException {
        RawResponse answer = models(behindProxies, key, forwarded);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.1                              | from 198.51.100.1.",
                "203.0.113.7, 198.51.100.1                 | from 198.51.100.1.",
                "203.0.113.7, 198.51.100.1, 10.1.2.3       | from 198.51.100.1.",
                "2001:db8::7, 2001:db9::1                  | from 2001:db9:0:0:0:0:0:1.",
                "203.0.113.7, 203.0.113.7, ::ffff:7f00:2   | from 127.0.0.2.",
                "10.1.2.3                                  | from 10.1.2.3.",
                "203.0.113.7, unknown                      | from an address that cannot be told",
                "203.0.113.7, _hidden, 10.1.2.3            | from an address that cannot be told",
                "203.0.113.7,                              | from an address that cannot be told",
                "203.0.113.7,, 10.1.2.3                    | from an address that cannot be told",
                "203.0.113.7, localhost                    | from an address that cannot be told",
                "203.0.113.7, 203.0.113                    | from an address that cannot be told",
                "203.0.113.7, 203.0.113.999                | from an address that cannot be told",
                "203.0.113.7, [2001:db8::7                 | from an address that cannot be told",
                "203.0.113.7, 2001:db8::g                  | from an address that cannot be told",
                "203.0.113.7 10.1.2.3                      | from an address that cannot be told",
                "0xCB007107                                | from an address that cannot be told",
                "3405803783                                | from an address that cannot be told",
            })
    void whatTheCallerMadeUpIsNotBelieved(String forwarded, String message) throws IOException {
        assertRefused(models(behindProxies, key, forwarded), message);
    }

    private static void assertRefused(RawResponse answer, String message) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("address_not_allowed").contains(message);
    }

    @Test
    void severalLinesAreOneAndTheLastIsTheNearestProxys() throws IOException {
        assertThat(models(behindProxies, key, "198.51.100.1", "203.0.113.7").status())
                .isEqualTo(200);
        assertThat(models(behindProxies, key, "203.0.113.7", "10.1.2.3").status())
                .isEqualTo(200);
        assertRefused(models(behindProxies, key, "203.0.113.7", "198.51.100.1"), "from 198.51.100.1.");
    }

    @Test
    void aLongLineIsReadFromItsEndAndNoFurtherThanNeeded() throws IOException {
        String forged = "203.0.113.7, ".repeat(1_500);
        assertRefused(models(behindProxies, key, forged + "198.51.100.1"), "from 198.51.100.1.");
        assertRefused(
                models(behindProxies, key, "203.0.113.7" + ",10.0.0.1".repeat(2_000)),
                "from an address that cannot be told");
        assertRefused(models(behindProxies, key, "203.0.113.7, " + "1".repeat(10_000)), "cannot be told");
        assertThat(models(behindProxies, key, forged + "x".repeat(20_000)).status())
                .isEqualTo(431);
    }

    @Test
    void aProxyThatTellsNobodyCallsForItself() throws IOException {
        assertRefused(models(behindProxies, key), "from 127.0.0.1.");
        String own = limited(behindProxies, List.of("127.0.0.0/8"));
        assertThat(models(behindProxies, own).status()).isEqualTo(200);
        assertRefused(models(behindProxies, own, "198.51.100.1"), "from 198.51.100.1.");
        assertRefused(models(behindProxies, own, "198.51.100.1, unknown"), "cannot be told");
    }

    @Test
    void whoIsNoProxyIsNotBelieved(@TempDir Path other) throws IOException {
        try (LedgerServer server = serve(other)) {
            assertRefused(models(server, limited(server, ALLOWED), "203.0.113.7"), "from 127.0.0.1.");
        }
    }

    @Test
    void aPeerOutsideOfTheProxiesIsNotBelieved(@TempDir Path other) throws IOException {
        try (LedgerServer server = serve(other, "10.0.0.0/8")) {
            assertRefused(models(server, limited(server, ALLOWED), "203.0.113.7"), "from 127.0.0.1.");
            assertThat(models(server, limited(server, List.of("127.0.0.1")), "203.0.113.7")
                            .status())
                    .isEqualTo(200);
        }
    }
}
