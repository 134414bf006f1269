package org.carafe.server.adminapi;

import java.time.Duration;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.ChannelView;
import org.carafe.server.admin.KeyActs;
import org.carafe.server.admin.NewChannel;

/** Channels. */
final class ChannelRoutes {
    private ChannelRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        NewChannel channel = new NewChannel(
                body.requiredText("name"),
                body.requiredText("account"),
                body.requiredText("model"),
                body.text("system_prompt"),
                body.texts("origins"),
                body.number("requests_per_minute"),
                body.number("daily_quota"));
        body.end();
        return AdminAnswer.created(acts.channels().create(request.actor(), channel));
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.of(
                request,
                limit -> acts.channels().list(request.query("account"), request.afterOrNull(), limit),
                ChannelView::id));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.channels().show(request.path("id")));
    }

    static AdminAnswer disable(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.channels().disable(request.actor(), request.path("id")));
    }

    static AdminAnswer enable(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.channels().enable(request.actor(), request.path("id")));
    }

    static AdminAnswer rotateKey(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        Duration grace = body.seconds("grace_seconds", KeyActs.GRACE);
        body.end();
        return AdminAnswer.ok(acts.channels().rotateKey(request.actor(), request.path("id"), grace));
    }
}
