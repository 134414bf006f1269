package org.carafe.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.carafe.models.template.ChatTemplate;
import org.carafe.models.template.RenderLines;
import org.carafe.models.template.TemplateException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code carafe render}: conversations from stdin through a chat template to stdout, a line each. */
@Command(
        name = "render",
        description = {
            "Render a chat template: a conversation a line on stdin, its prompt a line on stdout.",
            "",
            "In:  {\"messages\":[..],\"tools\":[..],\"add_generation_prompt\":true,\"continue_final_message\":false,\"kwargs\":{}}",
            "Out: {\"text\":\"..\"}, or {\"error\":\"raised\",\"message\":\"..\"} where the template calls raise_exception, or"
                    + " {\"error\":\"template\",\"message\":\"..\"}",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class RenderCommand implements Callable<Integer> {
    private static final long TEMPLATE_BYTES_MAX = 4 << 20;

    @Option(names = "--template", required = true, paramLabel = "FILE", description = "A Jinja chat template.")
    private Path template = Path.of("");

    @Option(
            names = "--bos",
            paramLabel = "S",
            description = "Text of the BOS token (default: undefined in the template).")
    private @Nullable String bos;

    @Option(
            names = "--eos",
            paramLabel = "S",
            description = "Text of the EOS token (default: undefined in the template).")
    private @Nullable String eos;

    @Option(
            names = "--now",
            paramLabel = "INSTANT",
            converter = InstantConverter.class,
            description = "What strftime_now shows, such as 2026-02-03T09:08:07Z (default: now).")
    private @Nullable Instant now;

    @Override
    public Integer call() throws IOException {
        UnaryOperator<String> render = renderer(source());
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                out.print(oneLine(render.apply(line)) + "\n");
                out.flush();
            }
        }
        return CarafeCommand.EXIT_OK;
    }

    private String source() {
        try {
            if (!Files.isRegularFile(template)) {
                throw new UserException("--template " + template + ": no such file");
            }
            if (Files.size(template) > TEMPLATE_BYTES_MAX) {
                throw new UserException("--template " + template + ": larger than " + TEMPLATE_BYTES_MAX + " bytes");
            }
            return Files.readString(template);
        } catch (CharacterCodingException e) {
            throw new UserException("--template " + template + ": not UTF-8", e);
        } catch (IOException e) {
            throw new UserException("--template " + template + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A template that is none answers every line with the same error, so that whoever reads the lines need not know the difference. */
    private UnaryOperator<String> renderer(String source) {
        try {
            Instant shown = now == null ? Instant.now() : now;
            return new RenderLines(ChatTemplate.parse(source), nullIfEmpty(bos), nullIfEmpty(eos), shown)::render;
        } catch (TemplateException e) {
            String answer = new ObjectMapper()
                    .createObjectNode()
                    .put("error", "template")
                    .put("message", e.getMessage())
                    .toString();
            return line -> answer;
        }
    }

    /** JSON may hold these three as they are, but many readers of lines (Python's {@code splitlines}) take them for line ends. */
    private static String oneLine(String json) {
        return json.replace("\u0085", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static @Nullable String nullIfEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** An instant, or a time without a zone, which is then UTC. */
    static final class InstantConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return value.endsWith("Z")
                        ? Instant.parse(value)
                        : LocalDateTime.parse(value).toInstant(ZoneOffset.UTC);
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no instant: write for example 2026-02-03T09:08:07Z");
            }
        }
    }
}
