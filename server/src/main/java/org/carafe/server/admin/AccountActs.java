package org.carafe.server.admin;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.Account;
import org.carafe.server.accounts.AccountBalances;
import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.store.Tables;
import org.jspecify.annotations.Nullable;

/** Acts on accounts. */
public final class AccountActs {
    private static final int PRIORITY_MAX = 1_000_000;

    private final ActContext context;

    AccountActs(ActContext context) {
        this.context = context;
    }

    /** Makes an account with no credits but its allowances. */
    public AccountView create(String actor, String name, AccountSettings settings) {
        Check.name("an account's name", name);
        return context.write(tables -> {
            Long plan = checkAndFindPlan(tables, settings);
            OptionalLong id = tables.accounts().add(name, plan, settings, context.now());
            if (id.isEmpty()) {
                throw ActException.conflict("there is an account " + Check.shown(name) + " already");
            }
            context.audit(tables, actor, "accounts.create", name, AdminJson.details(settings));
            return view(Find.account(tables, name));
        });
    }

    /** Changes an account: {@code change} is told its settings and says what they are to be. Allowances count from their next period on. */
    public AccountView update(String actor, String name, UnaryOperator<AccountSettings> change) {
        return context.write(tables -> {
            AccountBalances account = Find.account(tables, name);
            AccountSettings settings = change.apply(account.account().settings());
            Long plan = checkAndFindPlan(tables, settings);
            long free = account.prepaid().balanceMicros() - account.prepaid().heldMicros();
            if (free < -settings.overdraftMicros()) {
                throw ActException.conflict("account " + Check.shown(name) + " is " + Credits.show(-free)
                        + " credits below zero: its overdraft cannot be less than that");
            }
            tables.accounts().set(account.account().id(), plan, settings);
            context.audit(tables, actor, "accounts.update", name, AdminJson.details(settings));
            return view(Find.account(tables, name));
        });
    }

    /** From now on none of its keys work. */
    public AccountView disable(String actor, String name) {
        return disable(actor, name, true);
    }

    /** Its keys work again. */
    public AccountView enable(String actor, String name) {
        return disable(actor, name, false);
    }

    private AccountView disable(String actor, String name, boolean disabled) {
        return context.write(tables -> {
            Account account = Find.account(tables, name).account();
            if (disabled != (account.disabledAt() != null)) {
                tables.accounts().disable(account.id(), disabled ? context.now() : null);
                context.audit(tables, actor, disabled ? "accounts.disable" : "accounts.enable", name, Map.of());
            }
            return view(Find.account(tables, name));
        });
    }

    public AccountView show(String name) {
        return context.read(tables -> view(Find.account(tables, name)));
    }

    /** Accounts by name, after a name; "" is before all. */
    public List<AccountView> list(String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> tables.accounts().list(Find.from(after), rows).stream()
                .map(this::view)
                .toList());
    }

    private AccountView view(AccountBalances account) {
        return AccountView.of(account, context.now());
    }

    private static @Nullable Long checkAndFindPlan(Tables tables, AccountSettings settings) {
        Check.amount("monthly credits", settings.monthlyMicros());
        Check.amount("daily credits", settings.dailyMicros());
        Check.amount("an overdraft", settings.overdraftMicros());
        Check.amount("a low balance", settings.lowBalanceMicros());
        Check.limits(settings.limits());
        Check.range("the highest priority", settings.priorityMax(), -PRIORITY_MAX, PRIORITY_MAX);
        Check.metadata(settings.metadata());
        String plan = settings.plan();
        return plan == null
                ? null
                : Find.referred(() -> Find.plan(tables, plan)).id();
    }
}
