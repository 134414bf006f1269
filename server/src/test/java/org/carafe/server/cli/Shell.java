package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands on a ledger of a test's own, in this process. */
final class Shell {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;

    /** How a command ended. */
    record Result(int exit, String out, String err) {}

    Shell(Path data) {
        this.data = data;
    }

    /** A command without {@code --data}. */
    static Result carafe(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = CarafeCommand.run(arguments, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new Result(exit, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** Of its ledger. */
    String data() {
        return data.toString();
    }

    Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--data", data()));
        all.addAll(List.of(arguments));
        return carafe(all.toArray(String[]::new));
    }

    /** What a command that works prints: one line of JSON and nothing else. */
    JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Result result = run(all.toArray(String[]::new));
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).endsWith("\n").doesNotContain("\r");
        assertThat(result.out().strip()).doesNotContain("\n");
        return JSON.readTree(result.out());
    }

    /** What a command that fails prints: one line that begins with the program's name. */
    String complaint(String... arguments) {
        Result result = run(arguments);
        assertThat(result.exit()).as(result.out()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("carafe: ").endsWith("\n");
        assertThat(result.err().strip()).doesNotContain("\n");
        return result.err();
    }
}
