package org.carafe.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.carafe.bench.load.Quantiles;
import org.carafe.bench.load.Summary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlotTest {
    @TempDir
    private Path directory;

    private static Summary run(int concurrency) {
        Quantiles quantiles = new Quantiles(9, 10, 8.5 * concurrency, 12 * concurrency, 30 * concurrency, 99);
        return new Summary(
                concurrency,
                0,
                10,
                0,
                Map.of(),
                1,
                10,
                640 * Math.sqrt(concurrency),
                50,
                quantiles,
                quantiles,
                quantiles,
                quantiles);
    }

    @Test
    void aPngHasFourPanelsDrawnInColour() throws IOException {
        Path file = directory.resolve("bench.png");

        Plot.write(file, "Carafe bench", List.of(run(1), run(4), run(16)));

        BufferedImage image = ImageIO.read(file.toFile());
        Set<Integer> quarters = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if ((image.getRGB(x, y) & 0xffffff) == 0x2f6fb5) {
                    quarters.add(2 * y / image.getHeight() * 2 + 2 * x / image.getWidth());
                }
            }
        }
        assertThat(quarters).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void anSvgHoldsItsTitleAsTextAndItsPanelsAsShapes() throws IOException {
        Path file = directory.resolve("bench.svg");

        Plot.write(file, "Carafe bench: demo", List.of(run(1)));

        String svg = Files.readString(file);
        assertThat(svg).startsWith("<?xml").contains(">Carafe bench: demo</text>");
        assertThat(svg.split("fill:rgb\\(47,111,181\\)", -1)).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(Plot.roundedUp(35.13)).isEqualTo(40);
        assertThat(Plot.roundedUp(40)).isEqualTo(40);
        assertThat(Plot.roundedUp(36_438)).isEqualTo(40_000);
        assertThat(Plot.roundedUp(0.9)).isEqualTo(1);
        assertThat(Plot.roundedUp(1_001)).isEqualTo(1_500);
    }
}
