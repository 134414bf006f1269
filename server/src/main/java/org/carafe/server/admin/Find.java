package org.carafe.server.admin;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.Channel;
import org.carafe.server.accounts.Plan;
import org.carafe.server.accounts.Webhook;
import org.carafe.server.ledger.store.Tables;
import org.jspecify.annotations.Nullable;

/** Looks things up by what people call them; a miss names what was asked for. */
final class Find {
    private Find() {}

    static AccountBalances account(Tables tables, String name) {
        return known("account", name, tables.accounts()::find);
    }

    static @Nullable Long accountIdOrNull(Tables tables, @Nullable String name) {
        return name == null ? null : account(tables, name).account().id();
    }

    /** Where a list goes on. */
    static String from(String after) {
        if (!isText(after)) {
            throw ActException.invalid("a list cannot go on after " + Check.shown(after));
        }
        return after;
    }

    /**
     * The row after which a list goes on.
     *
     * @param after public id of the last thing of the page before; null: from the first
     */
    static long rowAfter(@Nullable String after, ToLongFunction<String> row) {
        return after == null ? 0 : referred(() -> row.applyAsLong(after));
    }

    /** What another thing refers to: a miss is that thing's fault, and nothing that was looked for. */
    static <T> T referred(Supplier<T> find) {
        try {
            return find.get();
        } catch (ActException e) {
            throw e.kind() == ActException.Kind.NOT_FOUND ? ActException.invalid(String.valueOf(e.getMessage())) : e;
        }
    }

    static Plan plan(Tables tables, String name) {
        return known("plan", name, tables.plans()::find);
    }

    static ApiKey key(Tables tables, String publicId) {
        return known("key", publicId, tables.keys()::find);
    }

    static Assistant assistant(Tables tables, String name) {
        return known("assistant", name, tables.assistants()::find);
    }

    static Channel channel(Tables tables, String publicId) {
        return known("channel", publicId, tables.channels()::find);
    }

    static Webhook webhook(Tables tables, String publicId) {
        return known("webhook", publicId, tables.webhooks()::find);
    }

    /** PostgreSQL has no NUL, and half a surrogate pair would be taken for a question mark: nothing is called so. */
    private static boolean isText(String name) {
        return name.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    private static <T> T known(String what, String name, Function<String, Optional<T>> find) {
        Optional<T> found = isText(name) ? find.apply(name) : Optional.empty();
        return found.orElseThrow(() -> missing(what, name));
    }

    private static ActException missing(String what, String name) {
        return ActException.notFound("there is no " + what + " " + Check.shown(name));
    }
}
