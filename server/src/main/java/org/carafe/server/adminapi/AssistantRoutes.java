package org.carafe.server.adminapi;

import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.AssistantView;

/** Assistants. */
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
        return AdminAnswer.ok(
                Page.of(request, limit -> acts.assistants().list(request.after(), limit), AssistantView::name));
    }

    static AdminAnswer show(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.assistants().show(request.path("name")));
    }

    static AdminAnswer delete(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(acts.assistants().delete(request.actor(), request.path("name")));
    }
}
