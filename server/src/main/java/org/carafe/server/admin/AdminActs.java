package org.carafe.server.admin;

import java.time.InstantSource;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.secret.MasterKey;

/**
 * All acts of an administrator. Thread-safe. Each takes the actor first ({@code shell}, or a management key's public id), throws
 * {@link ActException} where it cannot be done, and answers records that {@link AdminJson} writes.
 *
 * @param credits top-ups, corrections, statements
 * @param reports usage and the audit log
 */
public record AdminActs(
        AccountActs accounts,
        PlanActs plans,
        KeyActs keys,
        CreditActs credits,
        PriceActs prices,
        AssistantActs assistants,
        ChannelActs channels,
        WebhookActs webhooks,
        Reports reports) {
    /** The actor of what is done on the command line. */
    public static final String SHELL = "shell";

    /**
     * On a ledger.
     *
     * @param ids those of the process: all who write share them
     * @param changed called after each act, on its thread: what this process has cached of the settings is old now
     */
    public static AdminActs of(
            Database database, RowIds ids, MasterKey masterKey, InstantSource clock, Runnable changed) {
        ActContext context = new ActContext(new Books(database, ids, clock), clock, changed);
        KeyMaker maker = new KeyMaker(masterKey);
        Replays replays = new Replays(masterKey);
        return new AdminActs(
                new AccountActs(context),
                new PlanActs(context),
                new KeyActs(context, maker, replays),
                new CreditActs(context, replays),
                new PriceActs(context),
                new AssistantActs(context),
                new ChannelActs(context, maker, masterKey),
                new WebhookActs(context, masterKey),
                new Reports(context));
    }
}
