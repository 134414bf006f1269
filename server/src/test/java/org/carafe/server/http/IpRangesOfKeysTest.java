package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.carafe.server.auth.IpRange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The addresses of a key: an administrator can say nothing that its requests cannot read. */
final class IpRangesOfKeysTest {
    @TempDir
    static Path data;

    private static AdminServer admin;

    @BeforeAll
    static void start() {
        admin = new AdminServer(data);
        admin.account("acme");
    }

    @AfterAll
    static void close() {
        admin.close();
    }

    private static TestServer.Answered make(String range) {
        return admin.post("accounts/acme/keys", "{\"ip_ranges\":[\"" + range + "\"]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1/16",
                "10/8",
                "167772160",
                "0010.0.0.1",
                "10.0.0.0/+8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "::/129",
                "fe80::1%eth0",
                "localhost"
            })
    void whatIsNoRangeIsRefusedWhenTheKeyIsMade(String range) {
        TestServer.Answered refused = make(range);
        assertThat(refused.status()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body())
                .contains("An IP range must be such as 10.0.0.0/8")
                .contains(range);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8, 127.0.0.0/8, 200",
        "127.0.0.1, 127.0.0.1/32, 200",
        "127.000.000.001/08, 127.0.0.1/8, 200",
        "0.0.0.0/0, 0.0.0.0/0, 200",
        "10.0.0.0/8, 10.0.0.0/8, 403",
        "2001:DB8:0:0::/32, 2001:db8::/32, 403",
        "[::1], ::1/128, 403",
        "::/0, ::/0, 403",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3/128, 403",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7/128, 403",
        "::ffff:127.0.0.1, 127.0.0.1/32, 200"
    })
    void whatIsOneIsKeptInOneFormAndReadAtEachRequest(String range, String kept, int status) {
        TestServer.Answered made = make(range);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.json().at("/ip_ranges/0").textValue()).isEqualTo(kept);
        assertThat(IpRange.parse(kept)).isEqualTo(IpRange.parse(range));
        assertThat(admin.models(made.json().path("key").textValue())).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "10.000.0.1/32"})
    void anAddressThatIsNamedTwiceIsToldHoweverItIsWritten(String again) {
        String body = "{\"ip_ranges\":[\"10.0.0.1/32\",\"" + again + "\"]}";
        assertThat(admin.post("accounts/acme/keys", body).body()).contains("names '10.0.0.1/32' twice");
    }
}
