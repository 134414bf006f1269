package org.carafe.server.limits;

import java.util.Map;

/**
 * What a request took. It ends at most once, by {@link #settle} or {@link #giveBack}; neither fails, for by then the request has run. A
 * window that has ended takes nothing back: the next one belongs to others.
 */
public interface Taken {
    /** The limit headers as of when it was taken. */
    Map<String, String> headers();

    /** The request ran: tokens that it did not use go back. */
    void settle(long tokensUsed);

    /** The request was refused later or never ran: all goes back. */
    void giveBack();
}
