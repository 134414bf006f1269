package org.carafe.server.adminapi;

import java.util.ArrayList;
import java.util.List;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.accounts.Worded;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admin.AuditView;
import org.carafe.server.admin.UsageView;
import org.carafe.server.openai.Fields;
import org.carafe.server.openai.Shown;

/** Usage and the audit log. */
final class ReportRoutes {
    private ReportRoutes() {}

    static AdminAnswer usage(AdminActs acts, AdminRequest request) {
        boolean csv = request.wantsCsv();
        UsageBy by = by(request);
        List<UsageView> rows =
                acts.reports().usage(by, request.query("account"), request.day("from"), request.day("to"));
        return csv ? AdminAnswer.csv(Csv.of(columns(by), rows)) : AdminAnswer.ok(Page.whole(rows));
    }

    private static UsageBy by(AdminRequest request) {
        String text = request.query("by");
        if (text == null) {
            return UsageBy.DAY;
        }
        return Worded.of(UsageBy.class, text)
                .orElseThrow(
                        () -> Fields.invalid("by", Shown.text(text, 40) + " is not one of day, model, key, account"));
    }

    private static List<String> columns(UsageBy by) {
        List<String> columns =
                new ArrayList<>(by == UsageBy.KEY ? List.of("key", "name", "account") : List.of(by.word()));
        columns.addAll(List.of("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "tokens", "credits"));
        return columns;
    }

    static AdminAnswer audit(AdminActs acts, AdminRequest request) {
        AuditView page = acts.reports().audit(request.afterOrNull(), request.limit());
        return AdminAnswer.ok(new Page<>(page.entries(), page.nextCursor()));
    }
}
