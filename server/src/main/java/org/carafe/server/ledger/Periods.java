package org.carafe.server.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;

/** Days and months of the ledger, in UTC, as the numbers that rows hold. */
public final class Periods {
    private Periods() {}

    /** Days since 1970. */
    public static long day(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), 86_400L);
    }

    /** Year * 12 + month - 1. */
    public static long month(Instant at) {
        LocalDate date = LocalDate.ofInstant(at, ZoneOffset.UTC);
        return date.getYear() * 12L + date.getMonthValue() - 1;
    }

    /** When a day begins. */
    public static Instant startOfDay(long day) {
        return Instant.ofEpochSecond(day * 86_400L);
    }

    /** When a month begins. */
    public static Instant startOfMonth(long month) {
        return YearMonth.of(Math.toIntExact(Math.floorDiv(month, 12L)), Math.toIntExact(Math.floorMod(month, 12L)) + 1)
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }
}
