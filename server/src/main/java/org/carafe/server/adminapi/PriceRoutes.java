package org.carafe.server.adminapi;

import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.PriceView;

/** Prices. */
final class PriceRoutes {
    private PriceRoutes() {}

    static AdminAnswer set(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String model = body.requiredText("model");
        long prompt = body.requiredMicros("prompt");
        Long cached = body.micros("cached_prompt");
        long completion = body.requiredMicros("completion");
        body.end();
        return AdminAnswer.created(acts.prices().set(request.actor(), model, prompt, cached, completion));
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.of(request, limit -> acts.prices().list(request.after(), limit), PriceView::model));
    }

    static AdminAnswer history(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.whole(acts.prices().history(request.path("model"), request.limit())));
    }
}
