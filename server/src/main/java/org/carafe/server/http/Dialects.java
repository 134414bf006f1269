package org.carafe.server.http;

import java.time.InstantSource;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.channels.TurnLeases;
import org.carafe.server.documents.DocumentText;
import org.carafe.server.documents.PdfText;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.store.Books;
import org.carafe.server.ledger.store.ChatStore;
import org.carafe.server.ledger.store.DocumentStore;
import org.carafe.server.ledger.store.TurnLeaseStore;

/**
 * What the dialects on the ledger work with: simple chat, documents, usage, channels. Thread-safe.
 *
 * @param books settings of assistants, channels, accounts
 * @param turns whose turn it is in a session, among all servers
 * @param reports balances and usage, as administrators see them
 */
public record Dialects(
        Books books,
        AdminActs reports,
        ChatStore chats,
        TurnLeases turns,
        DocumentStore documents,
        DocumentText texts,
        InstantSource clock) {
    /** On a ledger. */
    public static Dialects of(Database database, RowIds ids, AdminActs acts, InstantSource clock) {
        return new Dialects(
                new Books(database, ids, clock),
                acts,
                new ChatStore(database, clock),
                TurnLeaseStore.of(database, ids),
                new DocumentStore(database, clock),
                new DocumentText(new PdfText()),
                clock);
    }
}
