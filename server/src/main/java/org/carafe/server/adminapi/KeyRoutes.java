package org.carafe.server.adminapi;

import java.time.Duration;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.KeyActs;
import org.carafe.server.admin.KeyView;

/** Keys. */
final class KeyRoutes {
    private KeyRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        KeySettings settings = settings(request.body());
        return AdminAnswer.created(
                acts.keys().create(request.actor(), request.path("name"), settings, request.idempotencyKey()));
    }

    static AdminAnswer createManagement(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        KeySettings settings = new KeySettings(
                body.requiredText("name"),
                new KeyScope(null, body.texts("routes"), null, body.texts("ip_ranges")),
                Limits.NONE,
                null,
                null,
                body.instant("expires_at"),
                body.metadata());
        body.end();
        return AdminAnswer.created(acts.keys().createManagement(request.actor(), settings, request.idempotencyKey()));
    }

    private static KeySettings settings(AdminFields body) {
        String name = body.text("name");
        KeySettings settings = new KeySettings(
                name == null ? "key" : name,
                new KeyScope(
                        body.texts("models"), body.texts("routes"), body.texts("origins"), body.texts("ip_ranges")),
                body.limits(Limits.NONE),
                body.micros("budget"),
                body.text("assistant"),
                body.instant("expires_at"),
                body.metadata());
        body.end();
        return settings;
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(Page.of(
                request, limit -> acts.keys().list(request.path("name"), request.afterOrNull(), limit), KeyView::id));
    }

    static AdminAnswer listManagement(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(
                Page.of(request, limit -> acts.keys().listManagement(request.afterOrNull(), limit), KeyView::id));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.keys().show(request.path("id")));
    }

    static AdminAnswer revoke(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.keys().revoke(request.actor(), request.path("id")));
    }

    static AdminAnswer rotate(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        Duration grace = body.seconds("grace_seconds", KeyActs.GRACE);
        body.end();
        return AdminAnswer.created(acts.keys().rotate(request.actor(), request.path("id"), grace));
    }
}
