package org.carafe.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import org.carafe.server.accounts.Limits;
import org.carafe.server.accounts.UsageBy;
import org.carafe.server.admin.AccountView;
import org.carafe.server.admin.AdminJson;
import org.carafe.server.admin.UsageView;
import org.carafe.server.admission.Admission;
import org.carafe.server.auth.KeyGrant;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.ledger.Credits;
import org.carafe.server.ledger.store.UsageStore.Metered;
import org.carafe.server.ledger.store.UsageStore.Total;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/usage}: what a key and its account have, used and may do. Free of charge; a breakdown takes one of the minute's requests. */
final class UsageRoutes {
    private static final Set<String> PARAMETERS = Set.of("from", "to", "group_by", "api_key");
    private static final int CHARS_MAX = 32;

    private final Dialects dialects;
    private final Admission admission;

    UsageRoutes(Dialects dialects, Admission admission) {
        this.dialects = dialects;
        this.admission = admission;
    }

    private record Used(long requests, long tokens, BigDecimal credits) {
        static Used of(Total total) {
            return new Used(total.requests(), total.tokens(), Credits.of(total.costMicros()));
        }
    }

    private record Periods(Used today, Used month, Used total) {
        static Periods of(Metered metered) {
            return new Periods(Used.of(metered.ofDay()), Used.of(metered.ofMonth()), Used.of(metered.inAll()));
        }
    }

    /** The key's own. */
    private record Budget(BigDecimal budget, BigDecimal spent, BigDecimal held, BigDecimal left) {
        static @Nullable Budget of(Metered key) {
            Long budget = key.budgetMicros();
            if (budget == null) {
                return null;
            }
            long spent = key.inAll().costMicros();
            // An administrator may have set it below what is spent.
            long left = Math.max(0, budget - spent - key.heldMicros());
            return new Budget(Credits.of(budget), Credits.of(spent), Credits.of(key.heldMicros()), Credits.of(left));
        }
    }

    private record Both<T>(T key, T account) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Answer(
            String account,
            String key,
            BigDecimal balance,
            BigDecimal held,
            BigDecimal available,
            @Nullable Budget budget,
            Both<Periods> usage,
            Both<Limits> limits,
            @Nullable String from,
            @Nullable String to,
            @Nullable String groupBy,
            @Nullable List<UsageView> data) {}

    void usage(Exchange exchange) throws IOException {
        Principal caller = exchange.principal();
        KeyGrant grant = caller.grant();
        if (grant == null) {
            throw new ApiException(
                    ErrorKind.KEY_NOT_FOR_THIS, "Usage is kept for keys of the ledger; this caller has none.");
        }
        exchange.context().queryParamMap().keySet().stream()
                .filter(name -> !PARAMETERS.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    String shown = name.length() > CHARS_MAX ? name.substring(0, CHARS_MAX) + "…" : name;
                    throw new ApiException(ErrorKind.UNKNOWN_FIELD, "Unknown parameter '" + shown + "'.", shown);
                });
        LocalDate today = LocalDate.ofInstant(dialects.clock().instant(), ZoneOffset.UTC);
        LocalDate from = day(exchange, "from");
        LocalDate to = day(exchange, "to");
        UsageBy by = groupBy(exchange.context().queryParam("group_by"), from != null || to != null);
        AccountView account = dialects.reports().accounts().show(caller.account());
        Both<Metered> metered = dialects.books()
                .read(tables -> new Both<>(
                        tables.usage().ofKey(grant.keyId(), today),
                        tables.usage().ofAccount(grant.accountId(), today)));
        List<UsageView> data = null;
        if (by != null) {
            from = from == null ? today.withDayOfMonth(1) : from;
            to = to == null ? (from.isAfter(today) ? from : today) : to;
            if (from.isAfter(to)) {
                throw new ApiException(
                        ErrorKind.INVALID_VALUE, "Invalid 'from': " + from + " is after 'to', " + to + ".", "from");
            }
            // A report reads many rows: unlike what the meters tell, it is not had without limit.
            exchange.headers(admission.count(caller));
            data = dialects.reports().reports().usage(by, caller.account(), from, to);
        }
        Answer answer = new Answer(
                caller.account(),
                caller.keyId(),
                account.balance(),
                account.held(),
                account.available(),
                Budget.of(metered.key),
                new Both<>(Periods.of(metered.key), Periods.of(metered.account)),
                new Both<>(grant.keyLimits(), grant.accountLimits()),
                by == null ? null : String.valueOf(from),
                by == null ? null : String.valueOf(to),
                by == null ? null : by.word(),
                data);
        exchange.bytes(200, "application/json", AdminJson.bytes(answer));
    }

    private static @Nullable LocalDate day(Exchange exchange, String name) {
        String given = exchange.context().queryParam(name);
        if (given == null) {
            return null;
        }
        try {
            LocalDate day = given.length() > 10 && given.length() <= CHARS_MAX
                    ? LocalDate.ofInstant(Instant.parse(given), ZoneOffset.UTC)
                    : LocalDate.parse(given);
            if (day.getYear() < 1970 || day.getYear() > 9999) {
                throw new DateTimeParseException("out of range", given, 0);
            }
            return day;
        } catch (DateTimeParseException e) {
            String shown = given.length() > CHARS_MAX ? given.substring(0, CHARS_MAX) + "…" : given;
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "Invalid '" + name + "': '" + shown + "' is no day such as 2026-11-21.",
                    name);
        }
    }

    private static @Nullable UsageBy groupBy(@Nullable String given, boolean daysGiven) {
        return switch (given) {
            case null -> daysGiven ? UsageBy.DAY : null;
            case "day" -> UsageBy.DAY;
            case "model" -> UsageBy.MODEL;
            case "key" -> UsageBy.KEY;
            default ->
                throw new ApiException(
                        ErrorKind.INVALID_VALUE,
                        "Invalid 'group_by': '" + (given.length() > CHARS_MAX ? given.substring(0, CHARS_MAX) : given)
                                + "' is none of day, model, key.",
                        "group_by");
        };
    }
}
