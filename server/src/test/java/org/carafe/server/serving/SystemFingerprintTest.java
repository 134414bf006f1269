package org.carafe.server.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.carafe.models.checkpoint.Checkpoint.GenerationDefaults;
import org.carafe.models.tokenizer.TextAssets;
import org.junit.jupiter.api.Test;

/** What can change an answer changes the fingerprint. */
final class SystemFingerprintTest {
    private static TextAssets text(String tokenizer, Map<String, String> templates, boolean begin) {
        return new TextAssets(tokenizer, templates, "<s>", "</s>", begin);
    }

    private static GenerationDefaults defaults(int end, Double temperature) {
        return new GenerationDefaults(List.of(end), temperature, null, OptionalInt.empty(), null, null);
    }

    @Test
    void everyPartOfAModelThatCanChangeATextChangesIt() {
        TextAssets text = text("{}", Map.of("default", "a"), true);
        GenerationDefaults defaults = defaults(2, 0.7);
        Set<String> seen = new HashSet<>();
        seen.add(SystemFingerprint.of("abc", text, defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abd", text, defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text, defaults, "torch-bf16"));
        seen.add(SystemFingerprint.of("abc", text("{ }", Map.of("default", "a"), true), defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text("{}", Map.of("default", "b"), true), defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text("{}", Map.of("defaul", "ta"), true), defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text("{}", Map.of(), true), defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text("{}", Map.of("default", "a"), false), defaults, "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text, defaults(3, 0.7), "torch-f32"));
        seen.add(SystemFingerprint.of("abc", text, defaults(2, null), "torch-f32"));
        assertThat(seen).hasSize(10).allMatch(one -> one.matches("fp_[0-9a-f]{16}_torch-(f32|bf16)"));
    }

    @Test
    void theOrderOfTemplatesDoesNot() {
        Map<String, String> one = new LinkedHashMap<>();
        Map<String, String> other = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            one.put("template" + i, "text " + i);
            other.put("template" + (19 - i), "text " + (19 - i));
        }
        assertThat(SystemFingerprint.of("abc", text("{}", one, true), defaults(2, null), "x"))
                .isEqualTo(SystemFingerprint.of("abc", text("{}", other, true), defaults(2, null), "x"));
    }
}
