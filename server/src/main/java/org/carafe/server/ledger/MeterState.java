package org.carafe.server.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What a key or an account has used, inside a transaction. */
final class MeterState {
    /** Of both meters, as {@link #read} wants them. */
    static final String COLUMNS = "spent_micros, day, day_requests, day_tokens, used_requests, used_tokens,"
            + " day_used_requests, day_used_tokens, day_used_micros,"
            + " month_from, month_used_requests, month_used_tokens, month_used_micros";

    /** As {@link #set} sets them. */
    static final String SET = COLUMNS.replace(",", " = ?,") + " = ?";

    long spentMicros;
    long heldMicros;
    long day;
    /** Admitted on the day, with what open requests hold. */
    long dayRequests;

    long dayTokens;
    boolean changed;

    private long usedRequests;
    private long usedTokens;
    private final Sums ofDay;
    /** Its first day. */
    private long monthFrom;

    private final Sums ofMonth;

    /** Of requests that ended, as reports have them. */
    private static final class Sums {
        long requests;
        long tokens;
        long micros;

        Sums(ResultSet row, int first) throws SQLException {
            requests = row.getLong(first);
            tokens = row.getLong(first + 1);
            micros = row.getLong(first + 2);
        }

        void clear() {
            requests = 0;
            tokens = 0;
            micros = 0;
        }

        void add(long tokensUsed, long costMicros) {
            requests++;
            tokens += tokensUsed;
            micros += costMicros;
        }

        void set(PreparedStatement update, int first) throws SQLException {
            update.setLong(first, requests);
            update.setLong(first + 1, tokens);
            update.setLong(first + 2, micros);
        }
    }

    private MeterState(ResultSet row, int first, long heldMicros) throws SQLException {
        this.heldMicros = heldMicros;
        spentMicros = row.getLong(first);
        day = row.getLong(first + 1);
        dayRequests = row.getLong(first + 2);
        dayTokens = row.getLong(first + 3);
        usedRequests = row.getLong(first + 4);
        usedTokens = row.getLong(first + 5);
        ofDay = new Sums(row, first + 6);
        monthFrom = row.getLong(first + 9);
        ofMonth = new Sums(row, first + 10);
    }

    /** @param first number of the first of {@link #COLUMNS} */
    static MeterState read(ResultSet row, int first, long heldMicros) throws SQLException {
        return new MeterState(row, first, heldMicros);
    }

    /** The number of the parameter after the last. */
    int set(PreparedStatement update) throws SQLException {
        update.setLong(1, spentMicros);
        update.setLong(2, day);
        update.setLong(3, dayRequests);
        update.setLong(4, dayTokens);
        update.setLong(5, usedRequests);
        update.setLong(6, usedTokens);
        ofDay.set(update, 7);
        update.setLong(10, monthFrom);
        ofMonth.set(update, 11);
        return 14;
    }

    /**
     * A new day counts from zero, and so does a new month; a clock that goes back does not.
     *
     * @param firstOfMonth the first day of the month of today
     */
    void turnTo(long today, long firstOfMonth) {
        if (today > day) {
            day = today;
            dayRequests = 0;
            dayTokens = 0;
            ofDay.clear();
            changed = true;
        }
        if (firstOfMonth > monthFrom) {
            monthFrom = firstOfMonth;
            ofMonth.clear();
            changed = true;
        }
    }

    void admit(long micros, long tokens) {
        heldMicros += micros;
        dayRequests++;
        dayTokens += tokens;
        changed = true;
    }

    /** @param admittedDay what a request of another day used is no longer counted */
    void end(
            long heldMicrosOfHold, long costMicros, long admittedDay, long tokensMax, long tokensUsed, boolean counts) {
        heldMicros -= heldMicrosOfHold;
        spentMicros += costMicros;
        if (admittedDay == day) {
            dayTokens += tokensUsed - tokensMax;
            dayRequests -= counts ? 0 : 1;
        }
        changed = true;
    }

    /** A request that {@link #end ended} and is in the reports, by the day that it is there. */
    void report(long today, long tokensUsed, long costMicros) {
        usedRequests++;
        usedTokens += tokensUsed;
        if (today == day) {
            ofDay.add(tokensUsed, costMicros);
        }
        if (today >= monthFrom) {
            ofMonth.add(tokensUsed, costMicros);
        }
    }
}
