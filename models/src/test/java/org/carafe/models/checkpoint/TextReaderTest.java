package org.carafe.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.TextAssets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {
    private static final String WITH_PREFIX = "{\"added_tokens\": [{\"id\": 1, \"content\": \"<s>\"}, {\"id\": 2,"
            + " \"content\": \"</s>\"}], \"post_processor\": {\"type\": \"Sequence\", \"processors\": [{\"type\":"
            + " \"ByteLevel\"}, {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<s>\"}},"
            + " {\"Sequence\": {\"id\": \"A\"}}]}]}, \"model\": {}}";
    private static final String WITHOUT_PREFIX =
            "{\"model\": {\"vocab\": {}}, \"post_processor\": null, \"added_tokens\": [{\"id\": 1, \"content\": \"<s>\"}]}";

    @TempDir
    Path directory;

    @BeforeEach
    void tokenizer() throws IOException {
        write("tokenizer.json", WITH_PREFIX);
    }

    @Test
    void specialTokensAreStringsOrObjects() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"bos_token\": {\"content\": \"<s>\", \"lstrip\": false}, \"eos_token\": \"</s>\"}");
        assertThat(read().beginToken()).isEqualTo("<s>");
        assertThat(read().endToken()).isEqualTo("</s>");
    }

    @Test
    void specialTokensFallBackOnTheMapThenOnTheModelsIds() throws IOException {
        write("special_tokens_map.json", "{\"eos_token\": {\"content\": \"<|end|>\"}}");
        assertThat(read().endToken()).isEqualTo("<|end|>");
        Files.delete(directory.resolve("special_tokens_map.json"));
        assertThat(read().endToken()).isEqualTo("</s>");
        assertThat(read().beginToken()).isEqualTo("<s>");
    }

    @Test
    void thePostProcessorDecidesWhetherTextBeginsWithBos() throws IOException {
        write("tokenizer_config.json", "{\"bos_token\": \"<s>\"}");
        assertThat(read().addBeginToken()).isTrue();
        write("tokenizer.json", WITHOUT_PREFIX);
        assertThat(read().addBeginToken()).isFalse();
    }

    @Test
    void addBosTokenOverridesThePostProcessorAndTheClassComesBetween() throws IOException {
        write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"add_bos_token\": false}");
        assertThat(read().addBeginToken()).isFalse();
        write("tokenizer.json", WITHOUT_PREFIX);
        write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"tokenizer_class\": \"LlamaTokenizer\"}");
        assertThat(read().addBeginToken()).isTrue();
        write("tokenizer_config.json", "{\"bos_token\": null, \"tokenizer_class\": \"LlamaTokenizer\"}");
        assertThat(read().beginToken()).isEqualTo("<s>");
    }

    @Test
    void templateFilesReplaceThoseOfTokenizerConfig() throws IOException {
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"a\"}, {\"name\":"
                        + " \"tool_use\", \"template\": \"b\"}]}");
        write("chat_template.json", "{\"chat_template\": \"legacy\"}");
        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "a", "tool_use", "b"));

        write("chat_template.jinja", "c");
        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "c"));

        Files.createDirectory(directory.resolve("additional_chat_templates"));
        write("additional_chat_templates/rag.jinja", "d");
        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "c", "rag", "d"));
    }

    @Test
    void theProcessorsTemplateCountsWhereThereIsNoOther() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": null}");
        write("chat_template.json", "{\"chat_template\": \"legacy\"}");
        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "legacy"));
    }

    @Test
    void aTemplateOfTheWrongKindIsNamed() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": 5}");
        assertThatThrownBy(this::read)
                .isInstanceOf(CheckpointException.class)
                .hasMessage("tokenizer_config.json: chat_template is neither a string nor a list");
        write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"x\"}]}");
        assertThatThrownBy(this::read).hasMessageContaining("an entry without a name or a template");
    }

    @Test
    void aBrokenTokenizerIsNamed() throws IOException {
        write("tokenizer.json", "{\"model\": ");
        assertThatThrownBy(this::read)
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("tokenizer.json is not JSON");
        write("tokenizer.json", "[]");
        assertThatThrownBy(this::read).hasMessage("tokenizer.json is not a JSON object");
    }

    private TextAssets read() throws IOException {
        return TextReader.read(
                directory, JsonMapper.builder().build().readTree("{\"bos_token_id\": 1, \"eos_token_id\": [2, 1]}"));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}
