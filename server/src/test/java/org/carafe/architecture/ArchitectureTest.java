package org.carafe.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.carafe.inference.planted.KnowsTheServer;
import org.carafe.models.planted.KnowsAnEngineOfDjl;
import org.carafe.models.planted.KnowsTheEngine;
import org.carafe.server.planted.KnowsEverything;
import org.carafe.server.plantedleft.Left;
import org.carafe.server.plantedright.Right;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ArchitectureTest {
    private static final JavaClasses CARAFE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.carafe");

    static List<ArchRule> arrows() throws IllegalAccessException {
        List<ArchRule> rules = new ArrayList<>();
        for (Field field : Arrows.class.getDeclaredFields()) {
            if (ArchRule.class.isAssignableFrom(field.getType())) {
                rules.add((ArchRule) field.get(null));
            }
        }
        return rules;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("arrows")
    void everyArrowHolds(ArchRule arrow) {
        arrow.allowEmptyShould(true).check(CARAFE);
    }

    @Test
    void allModulesAreLookedAt() {
        for (String module : List.of("models", "inference", "server")) {
            assertThat(CARAFE).anyMatch(type -> type.getPackageName().startsWith("org.carafe." + module + "."));
        }
    }

    @Test
    void aModelClassThatKnowsTheEngineIsCaught() {
        assertThat(broken(Arrows.MODELS_STAND_ALONE, KnowsTheEngine.class)).isTrue();
    }

    @Test
    void aModelClassThatKnowsAnEngineOfDjlIsCaught() {
        assertThat(broken(Arrows.TOKENIZER_USES_ONLY_THE_TOKENIZER_BINDING, KnowsAnEngineOfDjl.class))
                .isTrue();
        assertThat(broken(Arrows.DJL_ONLY_IN_TORCH_AND_TOKENIZER, KnowsAnEngineOfDjl.class))
                .isTrue();
    }

    @Test
    void anInferenceClassThatKnowsTheServerOrHttpIsCaught() {
        assertThat(broken(Arrows.INFERENCE_KNOWS_NO_SERVER, KnowsTheServer.class))
                .isTrue();
        assertThat(broken(Arrows.INFERENCE_KNOWS_NO_HTTP_AND_NO_SQL, KnowsTheServer.class))
                .isTrue();
    }

    @Test
    void aServerClassThatReachesPastItsPackageIsCaught() {
        assertThat(broken(Arrows.SERVER_TOUCHES_NO_TENSORS, KnowsEverything.class))
                .isTrue();
        assertThat(broken(Arrows.SQL_ONLY_IN_LEDGER, KnowsEverything.class)).isTrue();
        assertThat(broken(Arrows.JAVALIN_ONLY_IN_HTTP, KnowsEverything.class)).isTrue();
        assertThat(broken(Arrows.NATIVE_LINKING_ONLY_IN_CUDA, KnowsEverything.class))
                .isTrue();
    }

    @Test
    void aCycleOfPackagesIsCaught() {
        assertThat(broken(Arrows.NO_CYCLES_IN_SERVER, Left.class, Right.class)).isTrue();
    }

    private static boolean broken(ArchRule arrow, Class<?>... planted) {
        return arrow.evaluate(new ClassFileImporter().importClasses(planted)).hasViolation();
    }
}
