package org.carafe.architecture;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carafe.inference.planted.KnowsTheServer;
import org.carafe.models.planted.KnowsAnEngineOfDjl;
import org.carafe.models.planted.KnowsTheEngine;
import org.carafe.server.cli.CarafeCommand;
import org.carafe.server.planted.KnowsEverything;
import org.carafe.server.planted.KnowsJcuda;
import org.carafe.server.planted.KnowsTheBench;
import org.carafe.server.planted.KnowsTheVectorApi;
import org.carafe.server.planted.StartsTheCommandLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows hold in all four modules (this one sees them all), and each of them can break. */
final class ArchitectureTest {
    private static final JavaClasses CARAFE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.carafe");

    /** For each arrow classes that break it. */
    private static final Map<String, List<Class<?>>> PLANTED = Map.ofEntries(
            entry("MODELS_STAND_ALONE", List.of(KnowsTheEngine.class)),
            entry("INFERENCE_KNOWS_NO_SERVER", List.of(KnowsTheServer.class)),
            entry("SERVER_KNOWS_NO_BENCH", List.of(KnowsTheBench.class)),
            entry("SERVER_TOUCHES_NO_TENSORS", List.of(KnowsEverything.class)),
            entry("INFERENCE_KNOWS_NO_HTTP_AND_NO_SQL", List.of(KnowsTheServer.class)),
            entry("NATIVE_LINKING_ONLY_IN_CUDA", List.of(KnowsEverything.class)),
            entry("JCUDA_ONLY_IN_CUDA", List.of(KnowsJcuda.class)),
            entry("VECTOR_API_ONLY_IN_VECTOR", List.of(KnowsTheVectorApi.class)),
            entry("DJL_ONLY_IN_TORCH_AND_TOKENIZER", List.of(KnowsAnEngineOfDjl.class)),
            entry("TOKENIZER_USES_ONLY_THE_TOKENIZER_BINDING", List.of(KnowsAnEngineOfDjl.class)),
            entry("SQL_ONLY_IN_LEDGER", List.of(KnowsEverything.class)),
            entry("JAVALIN_ONLY_IN_HTTP", List.of(KnowsEverything.class)),
            entry("ONLY_MAIN_STARTS_THE_COMMAND_LINE", List.of(CarafeCommand.class, StartsTheCommandLine.class)),
            entry(
                    "NO_CYCLES_IN_MODELS",
                    List.of(org.carafe.models.plantedleft.Left.class, org.carafe.models.plantedright.Right.class)),
            entry(
                    "NO_CYCLES_IN_INFERENCE",
                    List.of(
                            org.carafe.inference.plantedleft.Left.class,
                            org.carafe.inference.plantedright.Right.class)),
            entry(
                    "NO_CYCLES_IN_SERVER",
                    List.of(org.carafe.server.plantedleft.Left.class, org.carafe.server.plantedright.Right.class)),
            entry(
                    "NO_CYCLES_IN_BENCH",
                    List.of(org.carafe.bench.plantedleft.Left.class, org.carafe.bench.plantedright.Right.class)));

    private static final Map<String, ArchRule> ARROWS = arrows();

    private static Map<String, ArchRule> arrows() {
        Map<String, ArchRule> rules = new TreeMap<>();
        for (Field field : Arrows.class.getDeclaredFields()) {
            if (ArchRule.class.isAssignableFrom(field.getType())) {
                try {
                    rules.put(field.getName(), (ArchRule) field.get(null));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return rules;
    }

    static Iterable<String> names() {
        return ARROWS.keySet();
    }

    private static ArchRule arrow(String name) {
        return ARROWS.get(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void anArrowHoldsInEveryModule(String name) {
        arrow(name).allowEmptyShould(true).check(CARAFE);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aClassThatBreaksAnArrowIsCaught(String name) {
        assertThat(PLANTED).containsKey(name);
        JavaClasses planted = new ClassFileImporter().importClasses(PLANTED.get(name));

        assertThat(arrow(name).evaluate(planted).hasViolation()).isTrue();
    }

    @Test
    void allModulesAreLookedAt() {
        assertThat(ARROWS).hasSizeGreaterThan(15);
        for (String module : List.of("models", "inference", "server", "bench")) {
            assertThat(CARAFE).anyMatch(type -> type.getPackageName().startsWith("org.carafe." + module + "."));
        }
    }
}
