package org.carafe.server.adminapi;

import org.carafe.server.accounts.PlanSettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.PlanView;

/** Plans. */
final class PlanRoutes {
    private PlanRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String name = body.requiredText("name");
        return AdminAnswer.created(acts.plans().create(request.actor(), name, settings(body, PlanSettings.DEFAULTS)));
    }

    static AdminAnswer update(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        // Once before, so that a body that is wrong changes nothing, whatever the plan has.
        settings(body, PlanSettings.DEFAULTS);
        return AdminAnswer.ok(
                acts.plans().set(request.actor(), request.path("name"), before -> settings(body, before)));
    }

    private static PlanSettings settings(AdminFields body, PlanSettings before) {
        PlanSettings settings = new PlanSettings(
                body.has("monthly_credits") ? body.micros("monthly_credits") : before.monthlyMicros(),
                body.has("daily_credits") ? body.micros("daily_credits") : before.dailyMicros(),
                body.limits(before.limits()));
        body.end();
        return settings;
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.of(request, limit -> acts.plans().list(request.after(), limit), PlanView::name));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.plans().show(request.path("name")));
    }
}
