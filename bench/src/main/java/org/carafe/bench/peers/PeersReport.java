package org.carafe.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.carafe.bench.report.Machine;
import org.carafe.bench.report.TextTable;

/**
 * All measurements, by contender in the order they ran. The first is the one that others are compared with.
 *
 * @param rounds how often each was measured
 */
record PeersReport(Machine machine, Workload workload, int rounds, Map<String, List<Measured>> measured) {
    PeersReport(Machine machine, Workload workload, int rounds) {
        this(machine, workload, rounds, new LinkedHashMap<>());
    }

    void add(String name, Measured one) {
        measured.computeIfAbsent(name, key -> new ArrayList<>()).add(one);
    }

    /** Medians with their range, and the first contender's ratio to each other: the median of round-by-round ratios. */
    String table() {
        TextTable table = new TextTable(List.of(
                "median tok/s (range)",
                "prefill " + workload.prefillTokens(),
                "ratio",
                "decode " + workload.decodeTokens(),
                "ratio",
                workload.streams() + " streams",
                "ratio"));
        List<Measured> ours = measured.values().iterator().next();
        measured.forEach((name, theirs) -> {
            List<String> row = new ArrayList<>(List.of(name));
            for (ToDoubleFunction<Measured> figure :
                    List.<ToDoubleFunction<Measured>>of(Measured::prefill, Measured::decode, Measured::batchedDecode)) {
                row.add(spread(values(theirs, figure)));
                row.add(theirs == ours ? "" : ratio(values(ours, figure), values(theirs, figure)));
            }
            table.row(row);
        });
        return table.toString();
    }

    static double median(double[] values) {
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double[] values(List<Measured> list, ToDoubleFunction<Measured> figure) {
        return list.stream().mapToDouble(figure).toArray();
    }

    private static String spread(double[] values) {
        double median = median(values);
        if (Double.isNaN(median)) {
            return "-";
        }
        double low = Arrays.stream(values).min().orElseThrow();
        double high = Arrays.stream(values).max().orElseThrow();
        return String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", median, low, high);
    }

    private static String ratio(double[] ours, double[] theirs) {
        int rounds = Math.min(ours.length, theirs.length);
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        double median = median(ratios);
        return Double.isNaN(median) ? "-" : String.format(Locale.ROOT, "%.2fx", median);
    }
}
