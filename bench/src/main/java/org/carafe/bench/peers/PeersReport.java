package org.carafe.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.carafe.bench.peers.Contender.Maker;
import org.carafe.bench.report.Machine;
import org.carafe.bench.report.TextTable;

/**
 * What was measured so far and what failed. Whatever is missing, a table can be made, also while others add to it.
 *
 * @param contenders in the order they ran, Carafe first
 */
record PeersReport(
        Machine machine,
        Workload workload,
        List<Goal> goals,
        List<Entrant> contenders,
        List<Measured> measured,
        List<Failure> failures) {
    PeersReport(Machine machine, Workload workload, List<Goal> goals) {
        this(machine, workload, goals, new ArrayList<>(), new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }

    /** A contender's name and whose it is. */
    record Entrant(String name, Maker maker) {}

    /** A peer's figure: its median. */
    private record Best(Entrant entrant, Figure figure, double median) {}

    void enter(Contender contender) {
        contenders.add(new Entrant(contender.name(), contender.maker()));
    }

    void add(Measured one) {
        measured.add(one);
    }

    void add(Failure one) {
        failures.add(one);
    }

    /** Medians with their range, and Carafe's ratio to each peer; then the goals; then what failed. */
    String text() {
        StringBuilder text = new StringBuilder(figures());
        if (!goals.isEmpty()) {
            text.append('\n').append(goalTable());
        }
        text.append('\n')
                .append(
                        "Ratios are Carafe's figure over the peer's: the median of the ratios round by round; over Jlama's best, of the"
                                + " medians.\n");
        if (isDisturbed()) {
            double[] others = othersShares();
            text.append(String.format(
                    Locale.ROOT,
                    "The machine was not quiet: other processes took %.0f%% of the CPUs (median; at most %.0f%%). Measure again.%n",
                    100 * median(others),
                    100 * Arrays.stream(others).max().orElseThrow()));
        }
        for (Failure failure : failures) {
            text.append(String.format(
                    Locale.ROOT,
                    "Failed: %s, %s, round %d: %s%n",
                    failure.contender(),
                    failure.part().describe(workload),
                    failure.round(),
                    failure.reason()));
        }
        return text.toString();
    }

    private double[] othersShares() {
        return measured.stream().mapToDouble(Measured::othersShare).toArray();
    }

    /** Then no verdict is sure. */
    private boolean isDisturbed() {
        return median(othersShares()) >= CpuUse.QUIET_SHARE;
    }

    private String figures() {
        List<Figure> columns = new ArrayList<>(List.of(Figure.PREFILL, Figure.DECODE));
        if (workload.streams() > 1) {
            columns.add(Figure.STREAMS);
        }
        List<String> head = new ArrayList<>(List.of("median tok/s (range)"));
        for (Figure column : columns) {
            head.addAll(List.of(column.describe(workload), "ratio"));
        }
        TextTable table = new TextTable(head);
        for (Entrant entrant : contenders) {
            List<String> row = new ArrayList<>(List.of(entrant.name()));
            for (Figure column : columns) {
                row.add(spread(rates(entrant, column)));
                row.add(entrant.maker() == Maker.CARAFE ? "" : times(ratio(entrant, column)));
            }
            table.row(row);
        }
        return table.toString();
    }

    private String goalTable() {
        TextTable table = new TextTable(List.of("asked for (2 cores, Llama 3.2 1B's shape)", "at least", "here", ""));
        for (Goal goal : goals) {
            String what = goal.figure().describe(workload) + " / ";
            double ratio;
            if (goal.peer() == Maker.JLAMA) {
                Optional<Best> best = bestDecode(Maker.JLAMA);
                ratio = best.map(peer -> median(rates(carafe(), goal.figure())) / peer.median())
                        .orElse(Double.NaN);
                what += best.map(peer -> "Jlama's best (" + peer.entrant().name() + ", "
                                + peer.figure().describe(workload) + ")")
                        .orElse("Jlama's best");
            } else {
                Optional<Entrant> peer = contenders.stream()
                        .filter(entrant -> entrant.maker() == goal.peer())
                        .findFirst();
                ratio = peer.map(entrant -> ratio(entrant, goal.figure())).orElse(Double.NaN);
                what += peer.map(Entrant::name).orElse("llama.cpp");
            }
            String verdict = Double.isNaN(ratio)
                    ? "not measured"
                    : (ratio >= goal.ratio() ? "reached" : "missed") + (isDisturbed() ? "?" : "");
            table.row(List.of(what, times(goal.ratio()), times(ratio), verdict));
        }
        return table.toString();
    }

    /** The most that this maker's engine decodes per second, with any weights, alone or in several streams. */
    private Optional<Best> bestDecode(Maker maker) {
        return contenders.stream()
                .filter(entrant -> entrant.maker() == maker)
                .flatMap(entrant -> List.of(Figure.DECODE, Figure.STREAMS).stream()
                        .map(figure -> new Best(entrant, figure, median(rates(entrant, figure)))))
                .filter(best -> !Double.isNaN(best.median()))
                .max(Comparator.comparingDouble(Best::median));
    }

    private Entrant carafe() {
        return contenders.getFirst();
    }

    private double[] rates(Entrant entrant, Figure figure) {
        return measured.stream()
                .filter(one -> one.contender().equals(entrant.name()) && one.figure() == figure)
                .mapToDouble(Measured::tokensPerSecond)
                .toArray();
    }

    /** Of the rounds in which both were measured. */
    private double ratio(Entrant peer, Figure figure) {
        return median(measured.stream()
                .filter(one -> one.contender().equals(carafe().name()) && one.figure() == figure)
                .flatMapToDouble(ours -> measured.stream()
                        .filter(one -> one.contender().equals(peer.name())
                                && one.figure() == figure
                                && one.round() == ours.round())
                        .mapToDouble(theirs -> ours.tokensPerSecond() / theirs.tokensPerSecond()))
                .toArray());
    }

    /** NaN of none. */
    static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = Arrays.stream(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String spread(double[] values) {
        if (values.length == 0) {
            return "-";
        }
        if (values.length == 1) {
            return String.format(Locale.ROOT, "%.1f", values[0]);
        }
        return String.format(
                Locale.ROOT,
                "%.1f (%.1f-%.1f)",
                median(values),
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }

    private static String times(double ratio) {
        return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2fx", ratio);
    }
}
