package org.carafe.server.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.Price;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CatalogueFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "Llama 3.3 70B, meta-llama/llama-3.3-70b-instruct, 131072, 8192",
        "Llama 3.1 70B, meta-llama/llama-3.1-70b-instruct, 131072, 8192",
        "Llama 3.2 90B (vision), meta-llama/llama-3.2-90b-vision-instruct, 131072, 8192",
        "Mixtral 8x7B, mistralai/mixtral-8x7b-instruct, 32768, 32768",
        "Gemma 2 9B, google/gemma-2-9b-it, 8192, 4096",
    })
    void theFiveModelsOfTheContractAreBuiltIn(String name, String id, int context, int output) {
        CatalogueModel model = CatalogueFile.builtIn().find(id).orElseThrow();
        assertThat(model.name()).isEqualTo(name);
        assertThat(model.contextTokensMax()).isEqualTo(context);
        assertThat(model.outputTokensMax()).isEqualTo(output);
        assertThat(model.price()).isNotNull();
    }

    @Test
    void visionIsSaidOfTheOneModelThatSees() {
        assertThat(CatalogueFile.builtIn().models())
                .filteredOn(model -> model.capabilities().contains(Capability.VISION))
                .extracting(CatalogueModel::name)
                .containsExactly("Llama 3.2 90B (vision)");
    }

    @Test
    void aModelHasWhatItsFileSays() throws IOException {
        Catalogue catalogue = read("""
                # ours
                models:
                  - id: in-house/a
                    name: The first
                    checkpoint: /srv/models/a
                    context: 4096
                    max_output: 512
                    capabilities: [chat, tools]
                    prices: {prompt: 1.25, cached_prompt: 0.000001, completion: 3}
                    aliases: [a, "in house"]
                  - id: b
                    context: 100
                    max_output: 100
                    prices:
                      prompt: 2
                      completion: 4
                """);
        CatalogueModel a = catalogue.find("in house").orElseThrow();
        assertThat(a.id()).isEqualTo("in-house/a");
        assertThat(a.checkpoint()).isEqualTo("/srv/models/a");
        assertThat(a.capabilities()).containsExactlyInAnyOrder(Capability.CHAT, Capability.TOOLS);
        assertThat(a.price()).isEqualTo(new Price(0, 1_250_000, 1, 3_000_000));
        CatalogueModel b = catalogue.find("b").orElseThrow();
        assertThat(b.name()).isEqualTo("b");
        assertThat(b.price())
                .as("a cached token costs what another does, unless said")
                .isEqualTo(new Price(0, 2_000_000, 2_000_000, 4_000_000));
        assertThat(catalogue.find("c")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "models: [{id: a, context: 10, max_output: 5, prize: 1}] | line 1: 'prize' is unknown",
                "models: []\\nmodel: []                                 | line 2: 'model' is unknown",
                "models:\\n- {id: a, context: 10, max_output: 5}\\n- {id: a, context: 10, max_output: 5} | line 3: 'a' is already named in line 2",
                "models:\\n- {id: a, context: 10, max_output: 5}\\n- {id: b, context: 10, max_output: 5, aliases: [a]} | line 3: 'a' is already named in line 2",
                "models:\\n- {id: a, context: 128K, max_output: 5}       | line 2: 'context' must be a whole number",
                "models:\\n- {id: a, context: 99999999999, max_output: 5} | line 2: 'context' must be a whole number",
                "models:\\n- {id: a, context: 10, max_output: 11}        | line 2: a: 'max_output' 11 is more than 'context' 10",
                "models:\\n- {id: a, context: 10}                        | line 2: 'max_output' is missing",
                "models:\\n- {context: 10, max_output: 1}                | line 2: 'id' is missing",
                "models:\\n- id: a\\n  id: b                              | line 3: ",
                "models:\\n- {id: a, context: 10, max_output: 1, prices: {prompt: -1, completion: 1}} | 'prompt' must be credits",
                "models:\\n- {id: a, context: 10, max_output: 1, prices: {prompt: 0.0000001, completion: 1}} | 'prompt' must be credits",
                "models:\\n- {id: a, context: 10, max_output: 1, prices: {prompt: 1}} | 'completion' is missing",
                "models:\\n- {id: a, context: 10, max_output: 1, prices: 3} | 'prices' is a mapping",
                "models:\\n- {id: a, context: 10, max_output: 1, capabilities: [fly]} | 'fly' is no capability",
                "models:\\n- {id: a, context: 10, max_output: 1, capabilities: chat} | 'capabilities' must be a list",
                "models: {id: a}                                        | line 1: 'models' must be a list",
                "models: [a]                                            | line 1: a model is a mapping",
                "[a]                                                    | line 1: a catalogue is a mapping",
                "models: [{id: a, context: 10, max_output: 1}, *x]     | anchors and aliases",
                "models: [[[[[[[[[[[]]]]]]]]]]]                         | nested deeper",
                "models: [                                              | not valid YAML",
                "\"# nothing\"                                            | a catalogue has 'models:'",
            })
    void aFaultIsOneLineWithFileAndLine(String text, String complaint) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(folder.resolve("models.yaml").toString())
                .hasMessageContaining(complaint)
                .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aFileThatIsMissingOrNoTextIsNamed() throws IOException {
        Path missing = folder.resolve("none.yaml");
        assertThatThrownBy(() -> CatalogueFile.read(missing))
                .isInstanceOf(SettingException.class)
                .hasMessage(missing + ": no such catalogue file");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> CatalogueFile.read(binary))
                .isInstanceOf(SettingException.class)
                .hasMessage(binary + ": not valid UTF-8");
    }

    private Catalogue read(String text) throws IOException {
        return CatalogueFile.read(Files.writeString(folder.resolve("models.yaml"), text));
    }
}
