package org.carafe.server.adminapi;

import java.util.List;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.WebhookView;

/** Webhooks. */
final class WebhookRoutes {
    private WebhookRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String url = body.requiredText("url");
        String account = body.text("account");
        List<String> events = body.texts("events");
        body.end();
        return AdminAnswer.created(acts.webhooks().create(request.actor(), url, account, events));
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(
                Page.of(request, limit -> acts.webhooks().list(request.afterOrNull(), limit), WebhookView::id));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.webhooks().show(request.path("id")));
    }

    static AdminAnswer delete(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.webhooks().delete(request.actor(), request.path("id")));
    }

    static AdminAnswer deliveries(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.whole(acts.webhooks().deliveries(request.path("id"), request.limit())));
    }
}
