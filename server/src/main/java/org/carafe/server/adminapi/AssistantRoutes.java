package org.carafe.server.adminapi;

import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.AssistantView;
import org.carafe.server.admin.ChannelView;
import org.carafe.server.admin.KeyActs;
import org.carafe.server.admin.NewChannel;

/** Assistants and channels. */
final class AssistantRoutes {
    private AssistantRoutes() {}

    static AdminAnswer create(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String name = body.requiredText("name");
        AssistantSettings settings = new AssistantSettings(
                body.requiredText("model"), body.text("adapter"), body.text("system_prompt"), body.numbers("sampling"));
        body.end();
        return AdminAnswer.created(acts.assistants().create(request.actor(), name, settings));
    }

    static AdminAnswer update(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        AssistantSettings given = new AssistantSettings(
                body.has("model") ? body.requiredText("model") : "",
                body.text("adapter"),
                body.text("system_prompt"),
                body.numbers("sampling"));
        body.end();
        return AdminAnswer.ok(acts.assistants()
                .update(
                        request.actor(),
                        request.path("name"),
                        before -> new AssistantSettings(
                                body.has("model") ? given.model() : before.model(),
                                body.has("adapter") ? given.adapter() : before.adapter(),
                                body.has("system_prompt") ? given.systemPrompt() : before.systemPrompt(),
                                body.has("sampling") ? given.sampling() : before.sampling())));
    }

    static AdminAnswer list(AdminActs acts, AdminRequest request) {
        int limit = request.limit();
        return AdminAnswer.ok(Page.of(acts.assistants().list(request.after(), limit), limit, AssistantView::name));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.assistants().show(request.path("name")));
    }

    static AdminAnswer delete(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.assistants().delete(request.actor(), request.path("name")));
    }

    static AdminAnswer createChannel(AdminActs acts, AdminRequest request) {
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

    static AdminAnswer listChannels(AdminActs acts, AdminRequest request) {
        int limit = request.limit();
        return AdminAnswer.ok(Page.of(
                acts.channels().list(request.query("account"), request.afterOrNull(), limit), limit, ChannelView::id));
    }

    static AdminAnswer showChannel(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.channels().show(request.path("id")));
    }

    static AdminAnswer disableChannel(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.channels().disable(request.actor(), request.path("id")));
    }

    static AdminAnswer enableChannel(AdminActs acts, AdminRequest request) {
        request.body().end();
        return AdminAnswer.ok(acts.channels().enable(request.actor(), request.path("id")));
    }

    static AdminAnswer rotateChannelKey(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        var grace = body.seconds("grace_seconds", KeyActs.GRACE);
        body.end();
        return AdminAnswer.ok(acts.channels().rotateKey(request.actor(), request.path("id"), grace));
    }
}
