package org.carafe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.carafe.server.cli.CarafeCommand;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Commands and options that README.md and docs/ show are ones that the command lines take, values included. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..");
    /** A command in a block of code or between backticks, variables before it, with the lines that a backslash joins. */
    private static final Pattern COMMAND =
            Pattern.compile("(?:^ {4}|^|`)(?:[A-Z_]+=\\S+ )*scripts/(\\w+)((?:\\\\\\R|[^`\\n])*)", Pattern.MULTILINE);
    /** What a shell takes for itself: redirections, pipes, comments. */
    private static final Pattern SHELL_PART = Pattern.compile("\\s(?:[<>|#&].*)");

    /** With the blanks that stand between quotation marks. */
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+");

    private static final Pattern OPTION = Pattern.compile("`(--[a-z-]+)(?:[ =]([^`]*))?`");
    private static final Map<String, Supplier<CommandLine>> LINES = Map.of(
            "serve", CarafeCommand::commandLine, "carafe", CarafeCommand::commandLine, "bench", Main::commandLine);

    @Test
    void everyDocumentedCommandParses() {
        List<String> seen = new ArrayList<>();
        documents().forEach((document, text) -> {
            Matcher command = COMMAND.matcher(text);
            while (command.find()) {
                assertThat(ROOT.resolve("scripts").resolve(command.group(1)))
                        .as(document)
                        .isExecutable();
                if (LINES.containsKey(command.group(1))) {
                    seen.add(parse(document, command.group(1), command.group(2)));
                }
            }
        });
        assertThat(seen)
                .hasSizeGreaterThan(12)
                .anyMatch(line -> line.startsWith("serve --model"))
                .anyMatch(line -> line.equals("serve --device cuda:0"))
                .anyMatch(line -> line.startsWith("carafe render --template"))
                .anyMatch(line -> line.startsWith("bench --url"))
                .anyMatch(line -> line.startsWith("bench peers"))
                .anyMatch(line -> line.contains("--warm-up"));
    }

    @Test
    void everyOptionNamedInProseExists() {
        Set<String> known = new TreeSet<>();
        LINES.values().forEach(line -> collect(line.get(), known));
        List<String> seen = new ArrayList<>();
        documents().forEach((document, text) -> {
            Matcher option = OPTION.matcher(text);
            while (option.find()) {
                seen.add(option.group(1));
                assertThat(known).as(document).contains(option.group(1));
            }
        });
        assertThat(seen).hasSizeGreaterThan(20);
    }

    @Test
    void aCommandThatRottedIsNoticed() {
        assertThatThrownBy(() -> parse("x.md", "serve", " --modle x")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> parse("x.md", "serve", " --dtype fp7")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> parse("x.md", "bench", " peer --model x")).isInstanceOf(AssertionError.class);
        assertThat(COMMAND.matcher("    scripts/bench --rate \\\n      5 # fast\n")
                        .results()
                        .map(found -> parse("x.md", found.group(1), found.group(2))))
                .containsExactly("bench --rate 5");
    }

    private static String parse(String document, String script, String rest) {
        String arguments =
                SHELL_PART.matcher(rest.replace("\\\n", " ")).replaceFirst("").strip();
        String shown = (script + " " + arguments.replaceAll("\\s+", " ")).strip();
        List<String> words = new ArrayList<>(script.equals("serve") ? List.of("serve") : List.of());
        WORD.matcher(arguments).results().forEach(word -> words.add(word.group().replace("\"", "")));
        try {
            LINES.get(script).get().parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new AssertionError(document + " shows 'scripts/" + shown + "': " + e.getMessage(), e);
        }
        return shown;
    }

    private static void collect(CommandLine line, Set<String> names) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            names.addAll(List.of(option.names()));
        }
        line.getSubcommands().values().forEach(sub -> collect(sub, names));
    }

    private static Map<String, String> documents() {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            Map<String, String> texts = new TreeMap<>();
            for (Path page : Stream.concat(pages, Stream.of(ROOT.resolve("README.md")))
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList()) {
                texts.put(page.getFileName().toString(), Files.readString(page));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
