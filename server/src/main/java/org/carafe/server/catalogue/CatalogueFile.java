package org.carafe.server.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.accounts.Worded;
import org.carafe.server.config.ByteSize;
import org.carafe.server.config.SettingException;
import org.carafe.server.ledger.Price;
import org.jspecify.annotations.Nullable;

/** Catalogue files: {@code models}, a list of models; docs/catalogue.md has the fields. Every fault is one line with file and line. */
public final class CatalogueFile {
    static final int MODELS_MAX = 10_000;
    static final int ALIASES_MAX = 32;
    static final int CHECKPOINT_CHARS_MAX = 4096;

    private static final long BYTES_MAX = 8 << 20;
    private static final int TOKENS_MAX = 1 << 30;
    private static final String BUILT_IN = "catalogue.yaml";

    private final String file;
    /** Name to the line where it was given. */
    private final Map<String, Integer> names = new HashMap<>();

    private CatalogueFile(String file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @throws SettingException it cannot be read, or is no catalogue
     */
    public static Catalogue read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new SettingException(file + ": no such catalogue file");
            }
            if (Files.size(file) > BYTES_MAX) {
                throw new SettingException(file + ": a catalogue has at most " + new ByteSize(BYTES_MAX));
            }
            return parse(file.toString(), Files.readString(file, UTF_8));
        } catch (CharacterCodingException e) {
            throw new SettingException(file + ": not valid UTF-8");
        } catch (IOException e) {
            throw new SettingException(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** What is on offer where nobody says otherwise. */
    public static Catalogue builtIn() {
        try (InputStream in = CatalogueFile.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + BUILT_IN);
            }
            return parse(BUILT_IN, new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Catalogue parse(String file, String text) {
        Yaml root = Yaml.read(file, text);
        if (root == null) {
            throw new SettingException(file + ": a catalogue has 'models:', a list");
        }
        YamlFields fields = YamlFields.of(file, root, "a catalogue is a mapping with 'models:', a list");
        fields.required("models");
        CatalogueFile reader = new CatalogueFile(file);
        List<CatalogueModel> models = new ArrayList<>();
        for (Yaml item : fields.items("models", MODELS_MAX)) {
            models.add(reader.model(YamlFields.of(file, item, "a model is a mapping with 'id', 'context', ...")));
        }
        fields.noMore();
        return new Catalogue(models);
    }

    private CatalogueModel model(YamlFields fields) {
        Yaml idValue = fields.required("id");
        String id = name(fields, idValue, "id");
        String shown = fields.text("name", CatalogueModel.ID_CHARS_MAX);
        String checkpoint = fields.text("checkpoint", CHECKPOINT_CHARS_MAX);
        int context = fields.requiredInteger("context", 1, TOKENS_MAX);
        int output = fields.requiredInteger("max_output", 1, TOKENS_MAX);
        if (output > context) {
            throw Yaml.fault(
                    file, idValue.line(), id + ": 'max_output' " + output + " is more than 'context' " + context);
        }
        Set<Capability> capabilities = capabilities(fields);
        Price price = price(fields.value("prices"));
        List<String> aliases = new ArrayList<>();
        for (Yaml item : fields.items("aliases", ALIASES_MAX)) {
            aliases.add(name(fields, item, "aliases"));
        }
        fields.noMore();
        return new CatalogueModel(
                id, shown == null ? id : shown, checkpoint, context, output, capabilities, price, aliases);
    }

    private String name(YamlFields fields, Yaml value, String field) {
        String name = fields.text(value, field, CatalogueModel.ID_CHARS_MAX);
        Integer before = names.putIfAbsent(name, value.line());
        if (before != null) {
            throw Yaml.fault(file, value.line(), "'" + name + "' is already named in line " + before);
        }
        return name;
    }

    private Set<Capability> capabilities(YamlFields fields) {
        if (fields.value("capabilities") == null) {
            return EnumSet.of(Capability.CHAT, Capability.COMPLETIONS, Capability.STREAMING, Capability.LOGPROBS);
        }
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (Yaml item : fields.items("capabilities", Capability.values().length)) {
            String word = fields.text(item, "capabilities", CatalogueModel.ID_CHARS_MAX);
            capabilities.add(Worded.of(Capability.class, word)
                    .orElseThrow(() -> Yaml.fault(
                            file, item.line(), "'" + word + "' is no capability; there are " + Capability.words())));
        }
        return capabilities;
    }

    private @Nullable Price price(@Nullable Yaml value) {
        if (value == null) {
            return null;
        }
        YamlFields fields = YamlFields.of(file, value, "'prices' is a mapping with 'prompt' and 'completion'");
        fields.required("prompt");
        fields.required("completion");
        Long prompt = fields.micros("prompt");
        Long cached = fields.micros("cached_prompt");
        Long completion = fields.micros("completion");
        fields.noMore();
        assert prompt != null && completion != null : "required";
        return new Price(0, prompt, cached == null ? prompt : cached, completion);
    }
}
