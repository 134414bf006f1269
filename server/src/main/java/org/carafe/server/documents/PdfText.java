package org.carafe.server.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/**
 * Text of PDFs. A PDF is a program that a stranger wrote, and there are files that PDFBox reads without end or that inflate to more than
 * any memory; so each is read by a process of its own, with little memory, for a limited time, and without this process's environment.
 * One at a time. Thread-safe.
 */
public final class PdfText {
    private static final int WAIT_SECONDS = 10;
    /** Three bytes are the most a UTF-16 unit takes. */
    private static final int ANSWER_BYTES_MAX = 64 + 3 * DocumentLimits.CHARS_MAX;

    private static final String HEAP = "-Xmx384m";

    private final Semaphore one = new Semaphore(1, true);
    private final Duration timeout;

    /** With {@link DocumentLimits#PDF_MILLIS_MAX} for each. */
    public PdfText() {
        this(Duration.ofMillis(DocumentLimits.PDF_MILLIS_MAX));
    }

    PdfText(Duration timeout) {
        this.timeout = timeout;
    }

    /** @throws ApiException {@code INPUT_TOO_LARGE}, {@code INVALID_VALUE}; {@code MODEL_UNAVAILABLE}: others are being read */
    String of(byte[] pdf) {
        try {
            if (!one.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new ApiException(
                        ErrorKind.MODEL_UNAVAILABLE,
                        "Unavailable: other documents are being read; try again.",
                        null,
                        Map.of("Retry-After", Integer.toString(WAIT_SECONDS)));
            }
            try {
                return read(pdf);
            } finally {
                one.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorKind.MODEL_UNAVAILABLE, "Unavailable: the server was stopped.");
        } catch (IOException e) {
            throw new IllegalStateException("cannot start a process that reads PDFs", e);
        }
    }

    private String read(byte[] pdf) throws IOException, InterruptedException {
        Process process = start();
        // Its end is the end of its output, too.
        Thread watch = Thread.ofVirtual().name("pdf-timeout").start(() -> end(process));
        byte[] answer;
        send(process, pdf);
        try (InputStream out = process.getInputStream()) {
            answer = out.readNBytes(ANSWER_BYTES_MAX);
        } finally {
            process.destroyForcibly();
            watch.join();
        }
        return text(answer);
    }

    private static Process start() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Dlogback.configurationFile=org/carafe/server/documents/silent.xml",
                "-cp",
                System.getProperty("java.class.path"),
                PdfReader.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // It holds the master key, perhaps.
        builder.environment().clear();
        return builder.start();
    }

    private void end(Process process) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    private static void send(Process process, byte[] pdf) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(pdf);
        } catch (IOException e) {
            // It ended before it had read all; what it answered, if it did, says more.
            return;
        }
    }

    private static String text(byte[] answer) {
        String all = new String(answer, UTF_8);
        int line = all.indexOf('\n');
        if (line < 0) {
            throw DocumentText.invalid("reading it takes more time or memory than a document may take");
        }
        return switch (PdfReader.Result.valueOf(all.substring(0, line))) {
            case TEXT -> all.substring(line + 1);
            case ENCRYPTED -> throw DocumentText.invalid("it is encrypted");
            case TOO_MANY_PAGES -> throw DocumentText.tooLarge("more pages", DocumentLimits.PDF_PAGES_MAX + " pages");
            case TOO_LONG -> throw DocumentText.tooLarge("more characters", DocumentLimits.CHARS_MAX + " characters");
            case BROKEN -> throw DocumentText.invalid("it is not a PDF, or broken");
        };
    }
}
