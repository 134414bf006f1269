package org.carafe.bench.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets contenders take turns, part by part and round by round, and tells how it goes. One that fails or takes too long loses that part
 * and nothing else. Parts are not mixed: a server that serves many streams does so for longer than a round.
 *
 * @param limit of one contender's one turn
 * @param quietWait how long a turn may wait for others to leave the CPUs alone
 * @param progress one line a turn
 */
record PeersRun(
        List<Contender> contenders,
        Workload work,
        int rounds,
        Duration limit,
        Duration quietWait,
        PrintStream progress) {
    private static final int WARM_UP = 0;

    /** What one contender does in its turn. */
    @FunctionalInterface
    private interface Turn {
        Map<Figure, Double> take() throws IOException, InterruptedException;
    }

    void into(PeersReport report) throws InterruptedException {
        for (Part part : Part.values()) {
            if (part == Part.STREAMS && work.streams() < 2) {
                continue;
            }
            Set<Contender> out = new HashSet<>();
            for (int round = WARM_UP; round <= rounds; round++) {
                for (Contender contender : contenders) {
                    if (!out.contains(contender) && round <= contender.roundsOf(rounds)) {
                        if (!turn(contender, part, round, report)) {
                            out.add(contender);
                        }
                    }
                }
            }
        }
    }

    private boolean turn(Contender contender, Part part, int round, PeersReport report) throws InterruptedException {
        if (round == WARM_UP) {
            return !contender.hasWarmUp()
                    || tell(contender, part, round, report, () -> {
                        contender.warmUp(part, limit);
                        return Map.of();
                    });
        }
        return tell(contender, part, round, report, () -> contender.measure(part, limit));
    }

    private boolean tell(Contender contender, Part part, int round, PeersReport report, Turn turn)
            throws InterruptedException {
        progress.printf(
                Locale.ROOT,
                "%s, %s, %s … ",
                round == WARM_UP ? "warm-up" : "round " + round + " of " + contender.roundsOf(rounds),
                contender.name(),
                part.describe(work));
        progress.flush();
        CpuUse.awaitQuiet(quietWait);
        long started = System.nanoTime();
        CpuUse before = CpuUse.now();
        try {
            Map<Figure, Double> figures = turn.take();
            double others = CpuUse.now().othersSince(before);
            figures.forEach((figure, rate) -> report.add(new Measured(contender.name(), round, figure, rate, others)));
            String rates = figures.isEmpty()
                    ? "done"
                    : part.figures().stream()
                                    .map(figure -> String.format(Locale.ROOT, "%.1f", figures.get(figure)))
                                    .collect(Collectors.joining(" and "))
                            + " tok/s";
            String disturbed = others < CpuUse.QUIET_SHARE
                    ? ""
                    : String.format(Locale.ROOT, ", others took %.0f%% of the CPUs", 100 * others);
            progress.printf(Locale.ROOT, "%s (%.1f s%s)%n", rates, (System.nanoTime() - started) / 1e9, disturbed);
            return true;
        } catch (IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            report.add(new Failure(contender.name(), round, part, reason));
            progress.printf(Locale.ROOT, "failed: %s%n", reason);
            return false;
        }
    }
}
