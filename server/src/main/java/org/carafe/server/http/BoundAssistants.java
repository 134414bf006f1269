package org.carafe.server.http;

import org.carafe.server.accounts.Assistant;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.store.Books;

/** The assistant of a caller. Thread-safe. */
final class BoundAssistants {
    private final Books books;

    BoundAssistants(Books books) {
        this.books = books;
    }

    /**
     * The one that the key is bound to.
     *
     * @throws ApiException {@code KEY_NOT_FOR_THIS}: it is bound to none
     */
    Assistant of(Principal caller) {
        KeyGrant grant = caller.grant();
        Long id = grant == null ? null : grant.assistantId();
        if (id == null) {
            throw new ApiException(
                    ErrorKind.KEY_NOT_FOR_THIS,
                    "This key is bound to no assistant; simple chat needs one that is (keys create --assistant NAME).");
        }
        return books.read(tables -> tables.assistants().find(id))
                .orElseThrow(() ->
                        new ApiException(ErrorKind.NOT_FOUND, "The assistant that this key is bound to is gone."));
    }

    /** By its name, for administrators. */
    Assistant named(String name) {
        return books.read(tables -> tables.assistants().find(name))
                .orElseThrow(() -> new ApiException(
                        ErrorKind.NOT_FOUND,
                        "There is no assistant '" + (name.length() > 100 ? name.substring(0, 100) + "…" : name) + "'.",
                        "assistant"));
    }
}
