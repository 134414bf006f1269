package org.carafe.server.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.KeyMaker.Made;
import org.carafe.server.ledger.store.Tables;
import org.jspecify.annotations.Nullable;

/** Acts on keys. A key's text is in the answer of the act that makes it, and nowhere else. */
public final class KeyActs {
    /** How long a rotated key works on, unless told otherwise. */
    public static final Duration GRACE = Duration.ofHours(24);

    /** The answer to a repetition holds a key: it is not kept longer than retries last. */
    private static final Duration REPLAYED = Duration.ofHours(24);

    private final ActContext context;
    private final KeyMaker maker;
    private final Replays replays;

    KeyActs(ActContext context, KeyMaker maker, Replays replays) {
        this.context = context;
        this.maker = maker;
        this.replays = replays;
    }

    private record CreateBody(KeyKind kind, KeySettings settings) {}

    /**
     * Makes a key of an account.
     *
     * @param idempotencyKey null: a key is made each time
     */
    public KeyView create(String actor, String account, KeySettings settings, @Nullable String idempotencyKey) {
        return context.write(tables -> {
            long accountId =
                    Find.referred(() -> Find.account(tables, account)).account().id();
            return make(tables, actor, KeyKind.INFERENCE, accountId, settings, idempotencyKey);
        });
    }

    /** Makes a management key: it administers, and cannot infer. */
    public KeyView createManagement(String actor, KeySettings settings, @Nullable String idempotencyKey) {
        return context.write(tables -> make(tables, actor, KeyKind.MANAGEMENT, null, settings, idempotencyKey));
    }

    /** The management key of a first start; empty if there ever was one. */
    public Optional<KeyView> bootstrap(String actor) {
        return context.write(
                tables -> tables.keys().ofKind(KeyKind.MANAGEMENT, 0, 1).isEmpty()
                        ? Optional.of(
                                make(tables, actor, KeyKind.MANAGEMENT, null, KeySettings.named("bootstrap"), null))
                        : Optional.empty());
    }

    private KeyView make(
            Tables tables,
            String actor,
            KeyKind kind,
            @Nullable Long accountId,
            KeySettings settings,
            @Nullable String idempotencyKey) {
        Instant now = context.now();
        CreateBody body = new CreateBody(kind, settings);
        String scope = "keys:" + (accountId == null ? "" : accountId);
        return replays.once(tables, scope, idempotencyKey, body, KeyView.class, now, REPLAYED, () -> {
            Made made = maker.make(tables, kind, accountId, settings, now);
            context.audit(
                    tables,
                    actor,
                    "keys.create",
                    made.key().publicId(),
                    AdminJson.details(KeyView.of(made.key(), null, now)));
            return KeyView.of(made.key(), made.text(), now);
        });
    }

    /** From now on it opens nothing; for a charged request at once, elsewhere within a second. */
    public KeyView revoke(String actor, String id) {
        return context.write(tables -> {
            ApiKey key = Find.key(tables, id);
            if (key.revokedAt() == null) {
                tables.keys().revoke(key.id(), context.now());
                context.audit(tables, actor, "keys.revoke", id, Map.of());
            }
            return view(Find.key(tables, id));
        });
    }

    /** Makes its successor, with the same settings; the old one works for the grace period, at most 90 days. */
    public KeyView rotate(String actor, String id, Duration grace) {
        return context.write(tables -> {
            ApiKey old = Find.key(tables, id);
            if (old.kind() == KeyKind.CHANNEL) {
                throw ActException.conflict("key " + id + " is a channel's: rotate the channel's key");
            }
            Long accountId = Find.accountIdOrNull(tables, old.account());
            Made made = maker.rotate(tables, old, accountId, grace, context.now());
            context.audit(
                    tables,
                    actor,
                    "keys.rotate",
                    id,
                    Map.of("replaced_by", made.key().publicId(), "grace_seconds", grace.toSeconds()));
            return KeyView.of(made.key(), made.text(), context.now());
        });
    }

    public KeyView show(String id) {
        return context.read(tables -> view(Find.key(tables, id)));
    }

    /**
     * An account's keys, oldest first.
     *
     * @param after id of the key to go on after; null: from the first
     */
    public List<KeyView> list(String account, @Nullable String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> {
            long accountId = Find.account(tables, account).account().id();
            return tables.keys().ofAccount(accountId, rowAfter(tables, after), rows).stream()
                    .map(this::view)
                    .toList();
        });
    }

    /** Management keys, oldest first. */
    public List<KeyView> listManagement(@Nullable String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.keys().ofKind(KeyKind.MANAGEMENT, rowAfter(tables, after), rows).stream()
                .map(this::view)
                .toList());
    }

    private static long rowAfter(Tables tables, @Nullable String after) {
        return Find.rowAfter(after, id -> Find.key(tables, id).id());
    }

    private KeyView view(ApiKey key) {
        return KeyView.of(key, null, context.now());
    }
}
