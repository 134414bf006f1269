package org.carafe.server.adminapi;

import org.carafe.server.accounts.AccountSettings;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.Worded;
import org.carafe.server.admin.AccountView;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.Shown;
import org.jspecify.annotations.Nullable;

/** Accounts. */
final class AccountRoutes {
    private AccountRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String name = body.requiredText("name");
        AccountSettings settings = settings(body, AccountSettings.DEFAULTS);
        return AdminAnswer.created(acts.accounts().create(request.actor(), name, settings));
    }

    static AdminAnswer update(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        // Once before, so that a body that is wrong changes nothing, whatever the account has.
        settings(body, AccountSettings.DEFAULTS);
        return AdminAnswer.ok(
                acts.accounts().update(request.actor(), request.path("name"), before -> settings(body, before)));
    }

    private static AccountSettings settings(AdminFields body, AccountSettings before) {
        AccountSettings settings = new AccountSettings(
                body.has("plan") ? body.text("plan") : before.plan(),
                style(body, before.errorStyle()),
                body.has("monthly_credits") ? body.micros("monthly_credits") : before.monthlyMicros(),
                body.has("daily_credits") ? body.micros("daily_credits") : before.dailyMicros(),
                body.has("overdraft") ? orZero(body.micros("overdraft")) : before.overdraftMicros(),
                body.limits(before.limits()),
                body.has("low_balance") ? body.micros("low_balance") : before.lowBalanceMicros(),
                body.integer("priority_max", before.priorityMax()),
                body.has("metadata") ? body.metadata() : before.metadata());
        body.end();
        return settings;
    }

    private static long orZero(@Nullable Long micros) {
        return micros == null ? 0 : micros;
    }

    private static ErrorStyle style(AdminFields body, ErrorStyle before) {
        String text = body.text("error_style");
        if (text == null) {
            return before;
        }
        return Worded.of(ErrorStyle.class, text)
                .orElseThrow(() -> Fields.invalid("error_style", Shown.text(text, 40) + " is neither openai nor flat"));
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(
                Page.of(request, limit -> acts.accounts().list(request.after(), limit), AccountView::name));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.accounts().show(request.path("name")));
    }

    static AdminAnswer disable(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.accounts().disable(request.actor(), request.path("name")));
    }

    static AdminAnswer enable(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.accounts().enable(request.actor(), request.path("name")));
    }
}
