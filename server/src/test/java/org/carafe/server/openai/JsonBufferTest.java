package org.carafe.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Random;
import org.carafe.server.error.ApiException;
import org.junit.jupiter.api.Test;

final class JsonBufferTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void anyStringIsReadBackByAnotherParser() throws IOException {
        Random random = new Random(3);
        JsonBuffer out = new JsonBuffer();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                switch (random.nextInt(4)) {
                    case 0 -> text.append((char) random.nextInt(128));
                    case 1 -> text.append((char) random.nextInt(0x10000));
                    case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                    default -> text.append("\"\\/\b\f\n\r\t\u2028".charAt(random.nextInt(9)));
                }
            }
            out.clear();
            out.text(text);
            assertThat(JSON.readTree(out.toBytes()).textValue()).isEqualTo(WellFormed.of(text.toString()));
        }
    }

    @Test
    void noByteOfAnEventEndsItEarly() {
        JsonBuffer out = new JsonBuffer();
        out.text("a\nb\r\nc\u0000\u0085\u2028");
        assertThat(new String(out.toBytes(), UTF_8)).doesNotContain("\n", "\r", "\u0000");
    }

    @Test
    void commasStandBetweenValuesAndNowhereElse() throws IOException {
        JsonBuffer out = new JsonBuffer();
        out.open()
                .name("a")
                .number(1)
                .name("b")
                .openArray()
                .number(-2)
                .flag(true)
                .none()
                .text("x")
                .closeArray();
        out.name("c")
                .open()
                .close()
                .name("d")
                .openArray()
                .closeArray()
                .name("e")
                .number(0.5f)
                .close();
        JsonNode read = JSON.readTree(out.toBytes());
        assertThat(read.toString()).isEqualTo("{\"a\":1,\"b\":[-2,true,null,\"x\"],\"c\":{},\"d\":[],\"e\":0.5}");
    }

    @Test
    void numbersAreExactAtTheirLimits() throws IOException {
        for (long number : new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, -1, 1_000_000_007}) {
            JsonBuffer out = new JsonBuffer();
            assertThat(JSON.readTree(out.number(number).toBytes()).longValue()).isEqualTo(number);
        }
        for (float number : new float[] {-1e-20f, 3.4e38f, Float.MIN_VALUE, -0.6931472f}) {
            JsonBuffer out = new JsonBuffer();
            assertThat(JSON.readTree(out.number(number).toBytes()).floatValue()).isEqualTo(number);
        }
        assertThat(JSON.readTree(
                                new JsonBuffer().number(Float.NEGATIVE_INFINITY).toBytes())
                        .doubleValue())
                .isEqualTo(-9999);
    }

    @Test
    void oneHugeAnswerDoesNotStayInMemory() {
        JsonBuffer out = new JsonBuffer();
        out.text("x".repeat(1 << 20));
        out.clear();
        assertThat(out.size()).isZero();
        assertThat(new String(out.text("y").toBytes(), UTF_8)).isEqualTo("\"y\"");
    }

    @Test
    void whatIsLongerThanTheLimitIsRefusedWithoutAnotherByte() {
        JsonBuffer out = new JsonBuffer(5_000);
        out.raw(new byte[4_990]);
        out.raw(new byte[10]);
        assertThat(out.size()).isEqualTo(5_000);
        assertThatThrownBy(() -> out.raw(new byte[1]))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("5000 bytes");
        assertThatThrownBy(() -> new JsonBuffer(1 << 20).text("é".repeat(1 << 20)))
                .isInstanceOf(ApiException.class);
        out.clear();
        assertThat(new String(out.text("again").toBytes(), UTF_8)).isEqualTo("\"again\"");
    }
}
