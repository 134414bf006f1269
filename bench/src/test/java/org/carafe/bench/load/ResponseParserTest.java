package org.carafe.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ResponseParserTest {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ResponseParser parser = new ResponseParser((data, from, to) -> body.write(data, from, to - from));

    @Test
    void aBodyOfFixedLengthEndsWhereItSays() throws IOException {
        feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

        assertThat(parser.isDone()).isTrue();
        assertThat(parser.status()).isEqualTo(200);
        assertThat(body.toString(UTF_8)).isEqualTo("hello");
    }

    @Test
    void anAnswerWithoutABodyEndsWithItsHead() throws IOException {
        feed("HTTP/1.1 204 No Content\r\n\r\n");

        assertThat(parser.isDone()).isTrue();
    }

    @Test
    void chunksArePutTogetherHoweverTheyArriveInPieces() throws IOException {
        String wire =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nD\r\n, big\r\nworld!\r\n0\r\nTrailer: a\r\n\r\n";
        SplittableRandom random = new SplittableRandom(7);
        for (int run = 0; run < 500; run++) {
            parser.reset();
            body.reset();
            byte[] bytes = wire.getBytes(UTF_8);
            for (int at = 0; at < bytes.length; ) {
                int end = Math.min(bytes.length, at + random.nextInt(1, 9));
                byte[] piece = Arrays.copyOfRange(bytes, at, end);
                parser.parse(piece, piece.length);
                at = end;
            }
            assertThat(parser.isDone()).isTrue();
            assertThat(body.toString(UTF_8)).isEqualTo("hello, big\r\nworld!");
        }
    }

    @Test
    void bytesBehindTheAnswerAreAnError() {
        assertThatThrownBy(() -> feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than its answer");
    }

    @Test
    void whatIsNoHttpIsAnError() {
        assertThatThrownBy(() -> feed("SSH-2.0-OpenSSH_9\r\n")).hasMessageContaining("not an HTTP/1.1 response");
    }

    private void feed(String wire) throws IOException {
        byte[] bytes = wire.getBytes(UTF_8);
        parser.parse(bytes, bytes.length);
    }
}
