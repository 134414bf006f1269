package org.carafe.models.architecture;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.carafe.models.CheckpointException;

/** The families that Carafe knows. A new one is a file beside the others and a line here. */
public final class Families {
    private static final List<ModelFamily> ALL = List.of(
            new LlamaFamily(),
            new MistralFamily(),
            new MixtralFamily(),
            new GemmaFamily(),
            new Gemma2Family(),
            new Gemma3Family());

    private Families() {}

    /** All families. */
    public static List<ModelFamily> all() {
        return ALL;
    }

    /** A checkpoint's family and what it says of the model. */
    public record Resolved(ModelFamily family, ModelSpec spec) {}

    /**
     * Finds the family of a config.json and reads it.
     *
     * @throws CheckpointException naming an architecture or quantization that is not supported, and what is
     */
    public static Resolved resolve(ConfigReader config) {
        List<String> declared = config.texts("architectures");
        if (declared.isEmpty()) {
            throw config.invalid("architectures", "is missing; Carafe reads " + supported());
        }
        for (String name : declared) {
            Optional<ModelFamily> family = of(name);
            if (family.isPresent()) {
                refuseQuantization(config);
                return new Resolved(family.get(), family.get().spec(name, config));
            }
        }
        throw config.invalid(
                "architectures",
                "names " + declared.getFirst() + ", which is not supported; Carafe reads " + supported());
    }

    /** The family that reads an {@code architectures} entry. */
    public static Optional<ModelFamily> of(String declared) {
        return ALL.stream()
                .filter(family -> family.architectures().contains(declared))
                .findFirst();
    }

    private static String supported() {
        TreeSet<String> names = new TreeSet<>();
        ALL.forEach(family -> names.addAll(family.architectures()));
        return String.join(", ", names);
    }

    private static void refuseQuantization(ConfigReader config) {
        for (String key : List.of("quantization_config", "compression_config")) {
            config.object(key).ifPresent(quantization -> {
                throw config.invalid(
                        key,
                        "asks for quantization " + quantization.text("quant_method", "(unnamed)")
                                + ", which is not supported; take the unquantized checkpoint (F32, F16, BF16) with"
                                + " --dtype int8 or int4, or a GGUF file (Q8_0, Q4_0, Q4_K, Q5_K, Q6_K)");
            });
        }
    }
}
