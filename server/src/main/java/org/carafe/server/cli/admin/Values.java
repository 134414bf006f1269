package org.carafe.server.cli.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.carafe.server.config.SettingException;
import org.carafe.server.config.TimeSpan;
import org.carafe.server.ledger.Credits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options, with errors that say what would do. */
final class Values {
    private static final String NONE = "none";

    private Values() {}

    /** Micro-credits. */
    record Micros(long micros) {}

    /** Micro-credits; null: {@code none}. */
    record MicrosOrNone(@Nullable Long micros) {}

    /** A number; null: {@code none}. */
    record CountOrNone(@Nullable Long count) {}

    /** {@code 12.5}. */
    static final class ToMicros implements ITypeConverter<Micros> {
        @Override
        public Micros convert(String value) {
            return new Micros(micros(value));
        }
    }

    /** {@code 12.5} or {@code none}. */
    static final class ToMicrosOrNone implements ITypeConverter<MicrosOrNone> {
        @Override
        public MicrosOrNone convert(String value) {
            return new MicrosOrNone(value.equals(NONE) ? null : micros(value));
        }
    }

    private static long micros(String value) {
        try {
            return Credits.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** {@code 60} or {@code none}. */
    static final class ToCountOrNone implements ITypeConverter<CountOrNone> {
        @Override
        public CountOrNone convert(String value) {
            if (value.equals(NONE)) {
                return new CountOrNone(null);
            }
            try {
                return new CountOrNone(Long.parseLong(value));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is neither a whole number nor 'none'");
            }
        }
    }

    /** {@code 24h}. */
    static final class ToDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return TimeSpan.parse(value);
            } catch (SettingException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code 2027-01-01T00:00:00Z}. */
    static final class ToInstant implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + value + "' is no instant such as 2027-01-01T00:00:00Z");
            }
        }
    }
}
