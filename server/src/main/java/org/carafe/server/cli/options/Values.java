package org.carafe.server.cli.options;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.carafe.server.config.ByteSize;
import org.carafe.server.config.SettingException;
import org.carafe.server.config.TimeSpan;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options, with errors that say what would do. */
public final class Values {
    private static final String NONE = "none";

    private Values() {}

    /** Micro-credits. */
    public record Micros(long micros) {}

    /** Micro-credits; null: {@code none}. */
    public record MicrosOrNone(@Nullable Long micros) {}

    /** A number; null: {@code none}. */
    public record CountOrNone(@Nullable Long count) {}

    /** A value as its own class reads it, whose complaint becomes picocli's. */
    public abstract static class Reading<T> implements ITypeConverter<T> {
        private final Function<String, T> read;

        protected Reading(Function<String, T> read) {
            this.read = read;
        }

        @Override
        public final T convert(String value) {
            try {
                return read.apply(value);
            } catch (SettingException | IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code 12.5}. */
    public static final class ToMicros extends Reading<Micros> {
        ToMicros() {
            super(value -> new Micros(Credits.parse(value)));
        }
    }

    /** {@code 12.5} or {@code none}. */
    public static final class ToMicrosOrNone extends Reading<MicrosOrNone> {
        ToMicrosOrNone() {
            super(value -> new MicrosOrNone(value.equals(NONE) ? null : Credits.parse(value)));
        }
    }

    /** {@code 60} or {@code none}. */
    public static final class ToCountOrNone extends Reading<CountOrNone> {
        ToCountOrNone() {
            super(value -> new CountOrNone(value.equals(NONE) ? null : count(value)));
        }

        private static long count(String value) {
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new SettingException("'" + value + "' is neither a whole number nor 'none'");
            }
        }
    }

    /** {@code 4GiB}. */
    public static final class ToByteSize extends Reading<ByteSize> {
        ToByteSize() {
            super(ByteSize::parse);
        }
    }

    /** {@code 24h}. */
    public static final class ToDuration extends Reading<Duration> {
        ToDuration() {
            super(TimeSpan::parse);
        }
    }

    /** {@code 2027-01-01T00:00:00Z}. */
    public static final class ToInstant extends Reading<Instant> {
        ToInstant() {
            super(ToInstant::instant);
        }

        private static Instant instant(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new SettingException("'" + value + "' is no instant such as 2027-01-01T00:00:00Z");
            }
        }
    }
}
