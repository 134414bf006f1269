package org.carafe.bench.report;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.intermediate.CommandSequence;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import org.carafe.bench.load.Quantiles;
import org.carafe.bench.load.Summary;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Four panels in one picture: throughput, and the three latencies at p50, p90 and p99, over concurrency. */
public final class Plot {
    private static final int PANEL_WIDTH = 640;
    private static final int PANEL_HEIGHT = 400;
    private static final int TITLE_HEIGHT = 56;
    private static final int SCALE = 2;
    private static final Color INK = new Color(0x24, 0x29, 0x2f);
    private static final Color GRID = new Color(0xe4, 0xe7, 0xeb);
    private static final Color[] COLORS = {
        new Color(0x2f, 0x6f, 0xb5), new Color(0xe0, 0x8e, 0x2b), new Color(0xb8, 0x3a, 0x4b)
    };

    /** Of the axis over the highest bar: the legend stands there. */
    private static final double HEADROOM = 1.15;

    private static final double[] STEPS = {1, 1.5, 2, 3, 4, 5, 6, 8};

    private Plot() {}

    /** Writes a picture; the file's name says which kind, {@code .png} or {@code .svg}. */
    public static void write(Path file, String title, List<Summary> runs) throws IOException {
        List<CategoryChart> panels = List.of(
                throughput(runs),
                latency("Time to first token", runs, Summary::ttft),
                latency("Gap between tokens", runs, Summary::itl),
                latency("Whole request", runs, Summary::e2e));
        if (isSvg(file)) {
            VectorGraphics2D graphics = new VectorGraphics2D();
            paint(graphics, title, panels);
            CommandSequence commands = graphics.getCommands();
            try (OutputStream out = Files.newOutputStream(file)) {
                new SVGProcessor()
                        .getDocument(commands, new PageSize(width(), height()))
                        .writeTo(out);
            }
        } else {
            BufferedImage image = new BufferedImage(width() * SCALE, height() * SCALE, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.scale(SCALE, SCALE);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            paint(graphics, title, panels);
            graphics.dispose();
            ImageIO.write(image, "png", file.toFile());
        }
    }

    /** True for a name that can be written. */
    public static boolean isSupported(Path file) {
        return isSvg(file) || file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    }

    private static boolean isSvg(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
    }

    private static int width() {
        return 2 * PANEL_WIDTH;
    }

    private static int height() {
        return TITLE_HEIGHT + 2 * PANEL_HEIGHT;
    }

    private static void paint(Graphics2D graphics, String title, List<CategoryChart> panels) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width(), height());
        graphics.setColor(INK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
        graphics.drawString(title, 24, 36);
        for (int i = 0; i < panels.size(); i++) {
            int x = i % 2 * PANEL_WIDTH;
            int y = TITLE_HEIGHT + i / 2 * PANEL_HEIGHT;
            graphics.translate(x, y);
            panels.get(i).paint(graphics, PANEL_WIDTH, PANEL_HEIGHT);
            graphics.translate(-x, -y);
        }
    }

    private static CategoryChart throughput(List<Summary> runs) {
        CategoryChart chart = panel("Throughput", "output tokens per second");
        chart.getStyler().setLegendVisible(false);
        scale(chart, runs.stream().mapToDouble(Summary::outputTokensPerSecond));
        chart.addSeries(
                "output tokens per second",
                labels(runs),
                runs.stream().map(Summary::outputTokensPerSecond).toList());
        return chart;
    }

    private static CategoryChart latency(String title, List<Summary> runs, Function<Summary, Quantiles> of) {
        CategoryChart chart = panel(title, "milliseconds");
        List<Quantiles> values = runs.stream().map(of).toList();
        scale(chart, values.stream().mapToDouble(Quantiles::p99));
        chart.addSeries("p50", labels(runs), values.stream().map(Quantiles::p50).toList());
        chart.addSeries("p90", labels(runs), values.stream().map(Quantiles::p90).toList());
        chart.addSeries("p99", labels(runs), values.stream().map(Quantiles::p99).toList());
        return chart;
    }

    /** Leaves room for the legend above the bars. */
    private static void scale(CategoryChart chart, DoubleStream values) {
        double highest = values.filter(value -> value > 0).max().orElse(1);
        chart.getStyler().setYAxisMax(roundedUp(HEADROOM * highest));
    }

    /** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
    static double roundedUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : STEPS) {
            if (step * power >= value) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static List<String> labels(List<Summary> runs) {
        return runs.stream().map(run -> Integer.toString(run.concurrency())).toList();
    }

    private static CategoryChart panel(String title, String unit) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(PANEL_WIDTH)
                .height(PANEL_HEIGHT)
                .title(title)
                .xAxisTitle("concurrent requests")
                .yAxisTitle(unit)
                .build();
        var style = chart.getStyler();
        style.setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setChartFontColor(INK);
        style.setPlotBorderVisible(false);
        style.setPlotGridLinesColor(GRID);
        style.setPlotGridVerticalLinesVisible(false);
        style.setAxisTicksMarksVisible(false);
        style.setSeriesColors(COLORS);
        style.setAvailableSpaceFill(0.6);
        style.setYAxisMin(0.0);
        style.setYAxisDecimalPattern("#,##0.##");
        style.setLegendPosition(LegendPosition.InsideNW);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendPadding(4);
        style.setChartPadding(16);
        return chart;
    }
}
