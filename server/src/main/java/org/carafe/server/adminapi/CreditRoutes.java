package org.carafe.server.adminapi;

import java.util.List;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.StatementView;

/** Credits: what moves them, and the statement of it. */
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
}
