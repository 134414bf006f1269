package org.carafe.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;

/** The arrows of docs/architecture.md as rules. */
final class Arrows {
    private Arrows() {}

    static final ArchRule MODELS_STAND_ALONE = noClasses()
            .that()
            .resideInAPackage("org.carafe.models..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("org.carafe.inference..", "org.carafe.server..", "org.carafe.bench.."))
            .because("dependencies point one way: server -> inference -> models");

    static final ArchRule INFERENCE_KNOWS_NO_SERVER = noClasses()
            .that()
            .resideInAPackage("org.carafe.inference..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.carafe.server..", "org.carafe.bench.."))
            .because("dependencies point one way: server -> inference -> models");

    static final ArchRule SERVER_KNOWS_NO_BENCH = noClasses()
            .that()
            .resideInAPackage("org.carafe.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.carafe.bench..")
            .because("what is measured does not know who measures");

    static final ArchRule SERVER_TOUCHES_NO_TENSORS = noClasses()
            .that()
            .resideInAPackage("org.carafe.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.carafe.models.tensor..")
            .because("tensors are the runners' business");

    static final ArchRule INFERENCE_KNOWS_NO_HTTP_AND_NO_SQL = noClasses()
            .that()
            .resideInAPackage("org.carafe.inference..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "java.sql..",
                    "javax.sql..",
                    "java.net.http..",
                    "io.javalin..",
                    "org.eclipse.jetty..",
                    "jakarta.servlet.."))
            .because("it turns token ids into token ids");

    static final ArchRule NATIVE_LINKING_ONLY_IN_CUDA = noClasses()
            .that()
            .resideOutsideOfPackage("org.carafe.inference..cuda..")
            .and()
            .doNotHaveFullyQualifiedName("org.carafe.server.cli.ProcessEnd")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Linker.class)
            .because(
                    "a native library has one binding class, beside its runner; of libc the process's end needs one function");

    static final ArchRule JCUDA_ONLY_IN_CUDA = noClasses()
            .that()
            .resideOutsideOfPackage("org.carafe.inference..cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jcuda..")
            .because("the CUDA runner owns the device");

    static final ArchRule VECTOR_API_ONLY_IN_VECTOR = noClasses()
            .that()
            .resideOutsideOfPackage("org.carafe.inference.vector..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator..")
            .because("an incubating module may be missing at run time, and its callers ask first");

    static final ArchRule DJL_ONLY_IN_TORCH_AND_TOKENIZER = noClasses()
            .that()
            .resideOutsideOfPackages("org.carafe.inference..torch..", "org.carafe.models.tokenizer..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("nothing else may know which engine runs a model");

    static final ArchRule TOKENIZER_USES_ONLY_THE_TOKENIZER_BINDING = noClasses()
            .that()
            .resideInAPackage("org.carafe.models..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("ai.djl..").and(not(resideInAPackage("ai.djl.huggingface.tokenizers.."))))
            .because("models know no engine");

    static final ArchRule SQL_ONLY_IN_LEDGER = noClasses()
            .that()
            .resideOutsideOfPackage("org.carafe.server..ledger..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql.."))
            .because("the ledger owns the money and its store");

    static final ArchRule JAVALIN_ONLY_IN_HTTP = noClasses()
            .that()
            .resideOutsideOfPackage("org.carafe.server.http..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet.."))
            .because("routes are thin; everything behind them can be called without a socket");

    static final ArchRule ONLY_MAIN_STARTS_THE_COMMAND_LINE = classes()
            .that()
            .resideInAPackage("org.carafe.server.cli..")
            .should()
            .onlyBeAccessed()
            .byAnyPackage("org.carafe.server", "org.carafe.server.cli..")
            .because("the process is put together in one place");

    static final ArchRule NO_CYCLES_IN_MODELS =
            slices().matching("org.carafe.models.(*)..").should().beFreeOfCycles();
    static final ArchRule NO_CYCLES_IN_INFERENCE =
            slices().matching("org.carafe.inference.(*)..").should().beFreeOfCycles();
    static final ArchRule NO_CYCLES_IN_SERVER =
            slices().matching("org.carafe.server.(*)..").should().beFreeOfCycles();
    static final ArchRule NO_CYCLES_IN_BENCH =
            slices().matching("org.carafe.bench.(*)..").should().beFreeOfCycles();
}
