package org.carafe.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A peer behind a script, which prints one JSON object of figures as its last line; each is {@code {"median": TOKENS_PER_SECOND, ...}}. */
final class ScriptContender implements Contender {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Maker maker;
    private final int roundsMax;
    private final Map<Part, List<String>> commands;
    private final Map<String, String> environment;
    private final Map<Figure, String> keys;

    /**
     * A peer.
     *
     * @param roundsMax in how many rounds it takes part
     * @param commands by part
     * @param environment variables set for its process
     * @param keys of the figures in the script's answer
     */
    ScriptContender(
            String name,
            Maker maker,
            int roundsMax,
            Map<Part, List<String>> commands,
            Map<String, String> environment,
            Map<Figure, String> keys) {
        this.name = name;
        this.maker = maker;
        this.roundsMax = roundsMax;
        this.commands = Map.copyOf(commands);
        this.environment = Map.copyOf(environment);
        this.keys = Map.copyOf(keys);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Maker maker() {
        return maker;
    }

    @Override
    public int roundsOf(int rounds) {
        return Math.min(rounds, roundsMax);
    }

    @Override
    public Map<Figure, Double> measure(Part part, Duration limit) throws IOException, InterruptedException {
        List<String> command = commands.get(part);
        if (command == null) {
            throw new IOException("there is no command for " + part);
        }
        String line = Script.lastLine(command, environment, limit);
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        for (Figure figure : part.figures()) {
            double rate = parse(line).path(keys.get(figure)).path("median").asDouble(Double.NaN);
            if (!(rate > 0) || Double.isInfinite(rate)) {
                throw new IOException("there is no " + keys.get(figure) + " in its answer: " + abridged(line));
            }
            figures.put(figure, rate);
        }
        return figures;
    }

    private static JsonNode parse(String line) throws IOException {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("its last line is no JSON: " + abridged(line), e);
        }
    }

    private static String abridged(String line) {
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
