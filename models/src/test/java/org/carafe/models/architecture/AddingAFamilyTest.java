package org.carafe.models.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddingAFamilyTest {
    private static final Path SOURCES = Path.of("src/main/java/org/carafe/models/architecture");

    @Test
    void theGuideShowsAFamilyAsItIs() throws IOException {
        String guide = Files.readString(Path.of("../docs/adding-a-family.md"));
        String family = Files.readString(SOURCES.resolve("MistralFamily.java"));
        assertThat(guide).contains("```java\n" + family + "```");
    }

    @Test
    void everyFamilyIsASmallFileWithArchitecturesOfItsOwn() throws IOException {
        List<String> names = Families.all().stream()
                .flatMap(family -> family.architectures().stream())
                .toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(Families.all().size());
        for (ModelFamily family : Families.all()) {
            Path source = SOURCES.resolve(family.getClass().getSimpleName() + ".java");
            assertThat(Files.readAllLines(source)).hasSizeLessThan(130);
        }
    }
}
