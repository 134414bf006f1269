package org.carafe.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1048576, 1048576",
        "12B, 12",
        "4GiB, 4294967296",
        "4G, 4294967296",
        "4gib, 4294967296",
        "1.5 KiB, 1536",
        "512MB, 512000000",
        "2TiB, 2199023255552"
    })
    void sizesHaveUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "-1GiB", "4 gigs", "1e9", "4GiB4", "٤GiB", "0x10", "1,5GiB"})
    void whatIsNoSizeIsSaidToBeNone(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(SettingException.class)
                .hasMessage("'" + text + "' is no size: write for example 4GiB or 512MiB");
    }

    @Test
    void aSizeBeyondALongIsTooLarge() {
        assertThatThrownBy(() -> ByteSize.parse("99999999TiB")).hasMessageContaining("too large");
    }

    @ParameterizedTest
    @CsvSource({"1023, 1023 B", "1024, 1.0 KiB", "2471600000, 2.3 GiB", "25769803776, 24 GiB", "1048576, 1.0 MiB"})
    void sizesPrintForPeople(long bytes, String text) {
        assertThat(new ByteSize(bytes)).hasToString(text);
    }
}
