package org.carafe.server.limits;

import java.util.concurrent.atomic.AtomicLong;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.Limits;
import org.carafe.server.auth.KeyGrant;
import org.jspecify.annotations.Nullable;

/** Keys with limits of a minute; each with numbers that no other has. */
final class Grants {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private Grants() {}

    static Limits limits(@Nullable Long requests, @Nullable Long tokens) {
        return new Limits(requests, tokens, null, null, null);
    }

    static KeyGrant key(Limits key, Limits account) {
        return keyOf(NUMBERS.incrementAndGet(), key, account);
    }

    /** Another key of an account. */
    static KeyGrant keyOf(long account, Limits key, Limits ofAccount) {
        return keyOf(NUMBERS.incrementAndGet(), account, key, ofAccount);
    }

    /** A key that counts on another's meter. */
    static KeyGrant successorOf(KeyGrant old) {
        return keyOf(old.meterId(), old.accountId(), old.keyLimits(), old.accountLimits());
    }

    private static KeyGrant keyOf(long meter, long account, Limits key, Limits ofAccount) {
        return new KeyGrant(
                NUMBERS.incrementAndGet(),
                meter,
                account,
                KeyKind.INFERENCE,
                ErrorStyle.OPENAI,
                key,
                ofAccount,
                null,
                null,
                null,
                null,
                0,
                null);
    }
}
