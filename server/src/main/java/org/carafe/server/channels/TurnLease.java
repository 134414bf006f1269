package org.carafe.server.channels;

/**
 * The right to run a turn of a session, among all servers.
 *
 * @param number that of no other turn; {@link #ALONE} where no other server has the ledger
 */
public record TurnLease(long channelId, String sessionId, long number) {
    /** No lease is needed. */
    public static final long ALONE = 0;

    /** Whether others may ask for the same. */
    public boolean isShared() {
        return number != ALONE;
    }
}
