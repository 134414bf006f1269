package org.carafe.server.admin;

import java.time.Duration;
import java.time.Instant;
import org.carafe.server.accounts.ApiKey;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.ledger.store.KeyStore.NewKey;
import org.carafe.server.ledger.store.Tables;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/** Makes and rotates keys of all kinds. */
final class KeyMaker {
    private static final long GRACE_HOURS_MAX = 90 * 24;

    private final KeyText texts;

    KeyMaker(MasterKey masterKey) {
        this.texts = new KeyText(masterKey);
    }

    /** A key and its text, which is known only now. */
    record Made(ApiKey key, String text) {
        @Override
        public String toString() {
            return "Made[" + key.publicId() + "]";
        }
    }

    /** Another public id, for what has a key. */
    String publicId(String start) {
        return texts.publicId(start);
    }

    Made make(Tables tables, KeyKind kind, @Nullable Long accountId, KeySettings settings, Instant now) {
        if (kind == KeyKind.MANAGEMENT) {
            refuseWhatIsForInference(settings);
        }
        return make(tables, kind, accountId, settings, null, now);
    }

    private Made make(
            Tables tables,
            KeyKind kind,
            @Nullable Long accountId,
            KeySettings settings,
            @Nullable Long meterId,
            Instant now) {
        check(settings, now);
        String assistant = settings.assistant();
        Long assistantId = assistant == null
                ? null
                : Find.referred(() -> Find.assistant(tables, assistant)).id();
        String text = texts.make(kind);
        KeySettings checked = new KeySettings(
                settings.name(),
                Scopes.check(kind, settings.scope()),
                settings.limits(),
                settings.budgetMicros(),
                assistant,
                settings.expiresAt(),
                settings.metadata());
        long id = tables.keys()
                .add(
                        new NewKey(
                                texts.publicId("key_"),
                                accountId,
                                kind,
                                KeyText.prefix(kind, text),
                                assistantId,
                                meterId,
                                checked),
                        texts.digest(text),
                        now);
        return new Made(tables.keys().get(id), text);
    }

    /** It would promise what nothing keeps. */
    private static void refuseWhatIsForInference(KeySettings settings) {
        refuse("models", settings.scope().models() != null);
        refuse("origins", settings.scope().origins() != null);
        refuse("limits", !settings.limits().equals(Limits.NONE));
        refuse("budget", settings.budgetMicros() != null);
        refuse("assistant", settings.assistant() != null);
    }

    private static void refuse(String what, boolean given) {
        if (given) {
            throw ActException.invalid(
                    "a management key has no " + what + ": it cannot infer; it takes routes, IP ranges and an expiry");
        }
    }

    private static void check(KeySettings settings, Instant now) {
        Check.name("a key's name", settings.name());
        Check.limits(settings.limits());
        Check.amount("a key's budget", settings.budgetMicros());
        Check.metadata(settings.metadata());
        Instant expiresAt = settings.expiresAt();
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            throw ActException.invalid("a key's expiry must be in the future, not " + expiresAt);
        }
    }

    /**
     * A new key with the same settings; the old one works for the grace period, then no more. Both count on one meter: the budget and every
     * limit hold for them together.
     */
    Made rotate(Tables tables, ApiKey old, @Nullable Long accountId, Duration grace, Instant now) {
        if (grace.isNegative() || grace.compareTo(Duration.ofHours(GRACE_HOURS_MAX)) > 0) {
            throw ActException.invalid(
                    "a grace period must be between 0 and " + GRACE_HOURS_MAX + " hours, not " + grace.toHours());
        }
        if (old.isOver(now)) {
            throw ActException.conflict("key " + old.publicId() + " is revoked or expired: make a new one");
        }
        if (old.replacedBy() != null) {
            throw ActException.conflict("key " + old.publicId() + " was replaced by " + old.replacedBy() + " already");
        }
        Made made = make(tables, old.kind(), accountId, old.settings(), old.meterId(), now);
        Instant end = now.plus(grace);
        Instant expiresAt = old.settings().expiresAt();
        tables.keys()
                .replace(old.id(), made.key().id(), expiresAt != null && expiresAt.isBefore(end) ? expiresAt : end);
        return made;
    }
}
