package org.carafe.server.adminapi;

import java.util.List;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.PriceView;
import org.carafe.server.admin.StatementView;

/** Credits and prices. */
final class CreditRoutes {
    private static final List<String> STATEMENT_COLUMNS =
            List.of("id", "at", "kind", "fund", "amount", "reverses", "reason", "actor");
    private static final String NEXT_CURSOR = "X-Next-Cursor";

    private CreditRoutes() {}

    static AdminAnswer topUp(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        long micros = body.requiredMicros("credits");
        String reason = body.requiredText("reason");
        body.end();
        return AdminAnswer.created(
                acts.credits().add(request.actor(), request.path("name"), micros, reason, request.idempotencyKey()));
    }

    static AdminAnswer adjust(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        long micros = body.requiredMicros("credits");
        String reason = body.requiredText("reason");
        body.end();
        return AdminAnswer.created(
                acts.credits().adjust(request.actor(), request.path("name"), micros, reason, request.idempotencyKey()));
    }

    static AdminAnswer reverse(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String reason = body.requiredText("reason");
        body.end();
        return AdminAnswer.created(acts.credits().reverse(request.actor(), request.path("id"), reason));
    }

    static AdminAnswer statement(AdminActs acts, AdminRequest request) {
        boolean csv = request.wantsCsv();
        StatementView page = acts.credits().statement(request.path("name"), request.afterOrNull(), request.limit());
        if (csv) {
            AdminAnswer answer = AdminAnswer.csv(Csv.of(STATEMENT_COLUMNS, page.entries()));
            String next = page.nextCursor();
            return next == null ? answer : answer.with(NEXT_CURSOR, next);
        }
        return AdminAnswer.ok(new Page<>(page.entries(), page.nextCursor()));
    }

    static AdminAnswer setPrice(AdminActs acts, AdminRequest request) {
        AdminFields body = request.body();
        String model = body.requiredText("model");
        long prompt = body.requiredMicros("prompt");
        Long cached = body.micros("cached_prompt");
        long completion = body.requiredMicros("completion");
        body.end();
        return AdminAnswer.created(acts.prices().set(request.actor(), model, prompt, cached, completion));
    }

    static AdminAnswer listPrices(AdminActs acts, AdminRequest request) {
        int limit = request.limit();
        return AdminAnswer.ok(Page.of(acts.prices().list(request.after(), limit), limit, PriceView::model));
    }

    static AdminAnswer priceHistory(AdminActs acts, AdminRequest request) {
        return AdminAnswer.ok(new Page<>(acts.prices().history(request.path("model"), request.limit()), null));
    }
}
