package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.carafe.server.auth.IpRange;
import org.carafe.server.config.SettingException;
import org.carafe.server.http.HttpSettings;
import org.carafe.server.limits.LimitsPlace;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Flags become settings: without any, the HTTP side's own defaults. */
final class ServeOptionsTest {
    private static ServeOptions parsed(String... arguments) {
        ServeOptions options = new ServeOptions();
        new CommandLine(options).parseArgs(arguments);
        options.check();
        return options;
    }

    @Test
    void withoutFlagsItServesWithTheDefaults() {
        assertThat(parsed().httpSettings()).isEqualTo(HttpSettings.defaults());
        assertThat(parsed().logLevel).isEqualTo(LogLevel.info);
    }

    @Test
    void everyFlagOfTheHttpSideIsPassedOn() {
        HttpSettings settings = parsed(
                        "--host=0.0.0.0",
                        "--port=81",
                        "--body-max=2MiB",
                        "--connections-max=100",
                        "--queue-timeout=1500ms",
                        "--api-key-in-query=off",
                        "--metrics-key=on",
                        "--trusted-proxies=10.0.0.0/8,::1",
                        "--unknown-fields=ignore")
                .httpSettings();
        assertThat(settings)
                .isEqualTo(HttpSettings.defaults()
                        .at("0.0.0.0", 81)
                        .with(new HttpSettings.Limits(2 << 20, 32 << 10, 100, 256 << 20))
                        .with(new HttpSettings.Timeouts(60_000, 60_000, 15_000, 1500))
                        .with(new HttpSettings.Rules(
                                HttpSettings.UnknownFields.IGNORE,
                                false,
                                true,
                                List.of(IpRange.parse("10.0.0.0/8"), IpRange.parse("::1/128")))));
    }

    @Test
    void limitsAreCountedWhereAFlagSays() {
        assertThat(parsed().limits).isEqualTo(new LimitsPlace.Local());
        assertThat(parsed("--limits=redis://127.0.0.1:6379").limits)
                .isEqualTo(new LimitsPlace.InRedis("redis://127.0.0.1:6379"));
        assertThatThrownBy(() -> parsed("--limits=redis://user:secret@"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void proxiesAreRangesOfAddressesAndNotEverybody() {
        for (String wrong : List.of("10.0.0.0/33", "proxy.example", "10.0.0.1,,::1", "0.0.0.0/0", "::/0")) {
            assertThatThrownBy(() -> parsed("--trusted-proxies=" + wrong))
                    .as(wrong)
                    .isInstanceOf(CommandLine.ParameterException.class);
        }
    }

    @Test
    void proxiesOfAFlagTakeThePlaceOfThoseOfTheFile() {
        ServeOptions options = new ServeOptions();
        new CommandLine(options)
                .setOverwrittenOptionsAllowed(true)
                .parseArgs("--trusted-proxies=10.0.0.0/8,::1", "--trusted-proxies=127.0.0.1");

        assertThat(options.httpSettings().rules().trustedProxies()).containsExactly(IpRange.parse("127.0.0.1"));
    }

    @Test
    void aValueOutOfItsRangeIsNamedWithTheRange() {
        refused("--body-max=1023", "--body-max must be between 1KiB and 256MiB, not 1023 B");
        refused("--body-max=2GiB", "--body-max must be between 1KiB and 256MiB, not 2.0 GiB");
        refused("--connections-max=0", "--connections-max must be between 1 and 1000000, not 0");
        refused("--queue-timeout=0s", "--queue-timeout must be between 1ms and 24h, not 0ms");
        refused("--queue-timeout=25h", "--queue-timeout must be between 1ms and 24h");
    }

    private static void refused(String argument, String message) {
        assertThatThrownBy(() -> parsed(argument))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(message);
    }
}
