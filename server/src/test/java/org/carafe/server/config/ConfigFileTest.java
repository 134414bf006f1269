package org.carafe.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
    @TempDir
    private Path directory;

    @Test
    void settingsBecomeArguments() throws IOException {
        Path file =
                write("# a comment\nmodel: /models/a b\nport: 0\nkv-memory: 4GiB\nauth: off\nsynthetic-rate: 2.5\n");

        assertThat(ConfigFile.arguments(file))
                .containsExactly(
                        "--model=/models/a b", "--port=0", "--kv-memory=4GiB", "--auth=off", "--synthetic-rate=2.5");
    }

    @Test
    void truthValuesAreOnAndOff() throws IOException {
        assertThat(ConfigFile.arguments(write("auth: true\n"))).containsExactly("--auth=on");
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        assertThat(ConfigFile.arguments(write("# nothing yet\n"))).isEmpty();
    }

    @Test
    void aSettingTwiceIsAnError() throws IOException {
        Path file = write("port: 1\nport: 2\n");

        assertThatThrownBy(() -> ConfigFile.arguments(file))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(file + ", line 2: not valid YAML: Duplicate");
    }

    @Test
    void aListWhereAValueBelongsIsAnError() throws IOException {
        Path file = write("port: [1, 2]\n");

        assertThatThrownBy(() -> ConfigFile.arguments(file)).hasMessage(file + ": port: one plain value is needed");
    }

    @Test
    void aListOfSettingsIsAnError() throws IOException {
        Path file = write("- port\n");

        assertThatThrownBy(() -> ConfigFile.arguments(file)).hasMessageContaining("is a mapping of settings");
    }

    @Test
    void brokenYamlIsAnErrorOfOneLine() throws IOException {
        Path file = write("port: 'abc\nhost: x\n");

        assertThatThrownBy(() -> ConfigFile.arguments(file))
                .hasMessageContaining("not valid YAML")
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("\n");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("none.yaml");

        assertThatThrownBy(() -> ConfigFile.arguments(file)).hasMessage(file + ": no such configuration file");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("carafe.yaml"), text);
    }
}
