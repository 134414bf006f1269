package org.carafe.server.documents;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files become text, or an error that says what is wrong with them. */
final class DocumentTextTest {
    private final DocumentText texts = new DocumentText(new PdfText());

    @Test
    void textComesThroughWithoutControlCharacters() {
        assertThat(texts.of(MediaType.TEXT, "\uFEFFone\r\ntwo\rthree\u0000\u0007\tfour\n".getBytes(UTF_8)))
                .isEqualTo("one\ntwo\nthree\tfour");
    }

    @Test
    void aPageIsReadAsPeopleSeeIt() {
        String html = """
                <html><head><title>Returns</title><style>p{color:red}</style><script>alert('x')</script></head>
                <body><h1>Our policy</h1><p>Send it <b>back</b> within
                30&nbsp;days.</p><ul><li>unused</li><li>with its box</li></ul>
                <p hidden>secret</p><table><tr><td>fee</td><td>none</td></tr></table>line<br>break</body></html>""";
        String text = texts.of(MediaType.HTML, html.getBytes(UTF_8));
        assertThat(text)
                .startsWith("Returns\n\nOur policy\n\nSend it back within 30")
                .contains("\n- unused\n- with its box")
                .contains("fee none")
                .contains("line\nbreak")
                .doesNotContain("alert", "color", "secret", "<");
    }

    @Test
    void aPageMayNameItsEncoding() {
        byte[] html = "<meta charset='iso-8859-1'><p>Rückgabe".getBytes(ISO_8859_1);
        assertThat(texts.of(MediaType.HTML, html)).isEqualTo("Rückgabe");
    }

    @Test
    void deeplyNestedPagesAreRead() {
        byte[] html = ("<div>".repeat(200_000) + "bottom").getBytes(UTF_8);
        assertThat(texts.of(MediaType.HTML, html)).isEqualTo("bottom");
    }

    @Test
    void aPdfIsReadPageByPage() throws IOException {
        assertThat(texts.of(MediaType.PDF, Pdfs.of("First page.", "Second page.")))
                .matches("First page\\.\\s*\\n\\n\\s*Second page\\.");
    }

    @Test
    void readingAPdfLeavesNothingInTheUsersHome() throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".pdfbox.cache");
        boolean before = Files.exists(cache);
        texts.of(MediaType.PDF, Pdfs.of("text"));
        assertThat(Files.exists(cache)).isEqualTo(before);
    }

    @Test
    void anEncryptedPdfIsNamedAsSuch() throws IOException {
        byte[] locked = Pdfs.encrypted("opensesame", "secret");
        assertRefused(MediaType.PDF, locked, ErrorKind.INVALID_VALUE, "it is encrypted");
    }

    @ParameterizedTest
    @CsvSource({"'',not a PDF", "hello,not a PDF", "%PDF-1.7,not a PDF"})
    void whatIsNoPdfIsRefused(String file, String why) {
        assertRefused(MediaType.PDF, file.getBytes(UTF_8), ErrorKind.INVALID_VALUE, why);
    }

    @Test
    void brokenPdfsEndInTextOrInARefusal() throws IOException {
        byte[] whole = Pdfs.of("Some words that stand on a page.");
        DocumentText hasty = new DocumentText(new PdfText(Duration.ofSeconds(5)));
        Random random = new Random(3);
        for (int i = 0; i < 6; i++) {
            byte[] broken = whole.clone();
            for (int j = 0; j < 1 + 5 * i; j++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(hasty.of(MediaType.PDF, broken)).isNotEmpty();
            } catch (ApiException e) {
                assertThat(e.kind()).isEqualTo(ErrorKind.INVALID_VALUE);
            }
        }
    }

    @Test
    void aPdfThatTakesTooLongIsGivenUpAndTheNextIsRead() throws IOException {
        DocumentText hasty = new DocumentText(new PdfText(Duration.ofSeconds(2)));
        byte[] bomb = Pdfs.ofZeros(1L << 30);
        assertThat(bomb.length).isLessThan(DocumentLimits.BYTES_MAX);
        assertThatThrownBy(() -> hasty.of(MediaType.PDF, bomb)).hasMessageContaining("more time or memory");
        assertThat(texts.of(MediaType.PDF, Pdfs.of("Next."))).isEqualTo("Next.");
    }

    @Test
    void filesAndTextsHaveLimits() {
        assertRefused(
                MediaType.TEXT,
                new byte[DocumentLimits.BYTES_MAX + 1],
                ErrorKind.INPUT_TOO_LARGE,
                DocumentLimits.BYTES_MAX + " bytes");
        String large = "x".repeat(DocumentLimits.CHARS_MAX + 1);
        assertRefused(MediaType.TEXT, large.getBytes(UTF_8), ErrorKind.INPUT_TOO_LARGE, "characters");
        assertRefused(MediaType.TEXT, new byte[] {(byte) 0xff}, ErrorKind.INVALID_VALUE, "UTF-8");
        assertRefused(MediaType.HTML, "<p> </p>".getBytes(UTF_8), ErrorKind.INVALID_VALUE, "no text");
        assertThatThrownBy(() -> texts.of(MediaType.PDF, "%PDF"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("multipart");
    }

    private void assertRefused(MediaType type, byte[] file, ErrorKind kind, String why) {
        assertThatThrownBy(() -> texts.of(type, file))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "text/markdown; charset=utf-8,a.txt,MARKDOWN",
        "application/octet-stream,a.PDF,PDF",
        "'',page.htm,HTML",
        "'',notes,TEXT",
        "application/xhtml+xml,x,HTML"
    })
    void theTypeIsTheOneGivenOrElseTheNames(String given, String name, MediaType type) {
        assertThat(MediaType.of(given, name)).isEqualTo(type);
    }

    @Test
    void anUnknownTypeIsRefused() {
        assertThatThrownBy(() -> MediaType.of("image/png", "a.png")).hasMessageContaining("image/png");
    }
}
