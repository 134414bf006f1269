package org.carafe.server.ledger;

/**
 * Laws that a query can show broken: each selects a sentence for every row that breaks it. Sums are the database's, which spills them to
 * disk; nothing of the ledger's size is in memory.
 */
enum AuditLaw {
    SUMS("every transaction sums to zero", """
            select 'transaction ' || transaction_id || ' sums to ' || sum(amount_micros) as finding
            from ledger_entry group by transaction_id having sum(amount_micros) <> 0
            """),
    ENTRIES("every transaction has entries, every entry a transaction", """
            select 'transaction ' || t.id || ' has no entries' as finding from ledger_transaction t
            where not exists (select 1 from ledger_entry e join fund f on f.id = e.fund_id
                where e.transaction_id = t.id and (f.account_id = t.account_id or f.account_id is null))
            union all
            select 'an entry of fund ' || e.fund_id || ' is of transaction ' || e.transaction_id || ', which is missing'
            from ledger_entry e left join ledger_transaction t on t.id = e.transaction_id where t.id is null
            """),
    OWN_FUNDS("a transaction moves credits of its own account and of the house only", """
            select 'transaction ' || t.id || ' of account ' || t.account_id || ' has an entry of fund ' || f.id
                || ', which is account ' || f.account_id || '''s' as finding
            from ledger_entry e join ledger_transaction t on t.id = e.transaction_id join fund f on f.id = e.fund_id
            where f.account_id <> t.account_id or (f.account_id is not null and t.account_id is null)
            """),
    BALANCES("a balance equals the sum of its entries", """
            select 'fund ' || f.id || ' (' || f.kind || ') has ' || f.balance_micros || ', its entries come to '
                || coalesce(e.total, 0) as finding
            from fund f left join (select fund_id, sum(amount_micros) as total from ledger_entry group by fund_id) e
                on e.fund_id = f.id
            where f.balance_micros <> coalesce(e.total, 0)
            """),
    FLOORS("no balance less its holds is below its overdraft", """
            select 'fund ' || id || ' (' || kind || ') has ' || balance_micros || ', of which ' || held_micros
                || ' are held; its overdraft is ' || coalesce(overdraft_micros, 0) as finding
            from fund
            where (overdraft_micros is not null and balance_micros - held_micros < -overdraft_micros)
                or (account_id is not null and overdraft_micros is null) or held_micros < 0
                or (kind = 'earned' and balance_micros < 0)
            """),
    HELD_OF_FUNDS("what a fund holds equals the holds of its open requests", """
            select 'fund ' || f.id || ' (' || f.kind || ') holds ' || f.held_micros || ', its open requests '
                || coalesce(case f.kind when 'prepaid' then r.prepaid when 'monthly' then r.monthly when 'daily' then r.daily end, 0)
                as finding
            from fund f left join (select account_id, sum(held_prepaid) as prepaid, sum(held_monthly) as monthly,
                sum(held_daily) as daily from request where status = 0 group by account_id) r on r.account_id = f.account_id
            where f.held_micros
                <> coalesce(case f.kind when 'prepaid' then r.prepaid when 'monthly' then r.monthly when 'daily' then r.daily end, 0)
            """),
    HELD_OF_KEYS("what a key holds equals the holds of its open requests, and of its successors'", """
            select 'key ' || k.public_id || ' holds ' || m.held_micros || ', its open requests ' || coalesce(r.held, 0) as finding
            from key_meter m join api_key k on k.id = m.key_id left join (select coalesce(o.meter_id, o.id) as meter_id,
                sum(u.held) as held from (select key_id, sum(held_prepaid + held_monthly + held_daily) as held
                    from request where status = 0 group by key_id) u
                join api_key o on o.id = u.key_id group by coalesce(o.meter_id, o.id)) r on r.meter_id = m.key_id
            where m.held_micros <> coalesce(r.held, 0)
            """),
    CHARGED("an ended request with a cost has a charge of exactly that", """
            select 'request ' || r.id || ' cost ' || r.cost_micros || ', its charge is ' || coalesce(c.charged, 0) as finding
            from request r left join (select t.id, t.account_id, e.amount_micros as charged from ledger_transaction t
                join ledger_entry e on e.transaction_id = t.id
                join fund f on f.id = e.fund_id and f.account_id is null and f.kind = 'earned'
                where t.kind = 'charge') c on c.id = r.id and c.account_id = r.account_id
            where r.status in (1, 3) and r.cost_micros <> coalesce(c.charged, 0)
            """),
    CHARGES("a charge is of an ended request that cost something", """
            select 'charge ' || t.id || ' of account ' || t.account_id || ' has no request that ended with a cost' as finding
            from ledger_transaction t left join request r on r.id = t.id and r.account_id = t.account_id
            where t.kind = 'charge' and (r.id is null or r.status = 2 or (r.status <> 0 and r.cost_micros = 0))
            """),
    OPEN("an open request has no charge and no end", """
            select 'request ' || r.id || ' is open' || case when t.id is not null then ' and charged' else '' end
                || case when r.ended_at is not null then ' and ended at ' || r.ended_at else '' end
                || case when r.cost_micros <> 0 then ' and cost ' || r.cost_micros else '' end as finding
            from request r left join ledger_transaction t on t.id = r.id
            where r.status = 0 and (t.id is not null or r.ended_at is not null or r.cost_micros <> 0)
            union all
            select 'request ' || id || ' has ended at no time' from request where status <> 0 and ended_at is null
            """),
    VOIDED("a void costs nothing and used nothing", """
            select 'request ' || id || ' is void, but has a cost of ' || cost_micros || ' and '
                || (prompt_tokens + completion_tokens) || ' tokens' as finding
            from request where status = 2 and (cost_micros <> 0 or prompt_tokens <> 0 or completion_tokens <> 0)
            """),
    WITHIN_HOLD("no charge is above its hold, of any fund", """
            select 'request ' || id || ' cost ' || cost_micros || ' and held ' || (held_prepaid + held_monthly + held_daily)
                as finding
            from request where cost_micros > held_prepaid + held_monthly + held_daily or cost_micros < 0
                or held_prepaid < 0 or held_monthly < 0 or held_daily < 0
            union all
            select 'request ' || r.id || ' took ' || -e.amount_micros || ' of ' || f.kind || ' credits, and held '
                || case f.kind when 'prepaid' then r.held_prepaid when 'monthly' then r.held_monthly else r.held_daily end
            from ledger_transaction t join request r on r.id = t.id join ledger_entry e on e.transaction_id = t.id
                join fund f on f.id = e.fund_id
            where t.kind = 'charge' and f.account_id is not null and -e.amount_micros
                > case f.kind when 'prepaid' then r.held_prepaid when 'monthly' then r.held_monthly else r.held_daily end
            """),
    USAGE("a day's usage equals the sums of the requests that ended on it", """
            select 'account ' || account_id || ', day ' || day || ', key ' || key_id || ', model ' || model || ': the report has '
                || sum(requests) || ' requests, ' || sum(prompt_tokens) || ' prompt, ' || sum(cached_tokens) || ' cached and '
                || sum(completion_tokens) || ' completion tokens and ' || sum(cost_micros) || ' micro-credits too many' as finding
            from (select account_id, day, key_id, model, requests, prompt_tokens, cached_tokens, completion_tokens, cost_micros
                from usage_day
                union all
                select account_id, ended_at / 86400000, key_id, model, -count(*), -sum(prompt_tokens), -sum(cached_tokens),
                    -sum(completion_tokens), -sum(cost_micros)
                from request where status in (1, 3) group by account_id, ended_at / 86400000, key_id, model) u
            group by account_id, day, key_id, model
            having sum(requests) <> 0 or sum(prompt_tokens) <> 0 or sum(cached_tokens) <> 0 or sum(completion_tokens) <> 0
                or sum(cost_micros) <> 0
            """),
    SPENT_BY_KEYS("what a key has spent equals the costs of its requests, and of its successors'", """
            select 'key ' || k.public_id || ' has spent ' || coalesce(m.spent_micros, 0) || ', its requests cost '
                || coalesce(r.cost, 0) || case when m.key_id is null then '; it has no meter' else '' end as finding
            from api_key k left join key_meter m on m.key_id = k.id
                left join (select coalesce(o.meter_id, o.id) as meter_id, sum(u.cost) as cost
                    from (select key_id, sum(cost_micros) as cost from request group by key_id) u
                    join api_key o on o.id = u.key_id group by coalesce(o.meter_id, o.id)) r on r.meter_id = k.id
            where k.meter_id is null and (m.key_id is null or m.spent_micros <> coalesce(r.cost, 0))
            """),
    METERS("a rotated key and its successor count on one meter", """
            select 'key ' || s.public_id || ' follows key ' || k.public_id || ', and counts on another meter' as finding
            from api_key k join api_key s on s.id = k.replaced_by
            where coalesce(s.meter_id, s.id) <> coalesce(k.meter_id, k.id)
            union all
            select 'key ' || k.public_id || ' counts on the meter of key ' || o.public_id
                || case when o.meter_id is not null then ', which has none' else ', which is another account''s' end
            from api_key k join api_key o on o.id = k.meter_id
            where o.meter_id is not null or coalesce(o.account_id, 0) <> coalesce(k.account_id, 0)
            union all
            select 'key ' || k.public_id || ' counts on another''s meter, and has one of its own'
            from api_key k join key_meter m on m.key_id = k.id where k.meter_id is not null
            """),
    SPENT_BY_ACCOUNTS("what an account has spent equals the costs of its requests", """
            select 'account ' || a.id || ' has spent ' || coalesce(m.spent_micros, 0) || ', its requests cost '
                || coalesce(r.cost, 0) || case when m.account_id is null then '; it has no meter' else '' end as finding
            from account a left join account_meter m on m.account_id = a.id
                left join (select account_id, sum(cost_micros) as cost from request group by account_id) r on r.account_id = a.id
            where m.account_id is null or m.spent_micros <> coalesce(r.cost, 0)
            """),
    USED_BY_KEYS(
            "what a key has used, of its day, its month and in all, equals the sums of its days, and of its successors'",
            """
            select 'the meter of key ' || m.key_id || ' is told to have used ' || m.used_requests || ' requests and ' || m.used_tokens
                || ' tokens, its days come to ' || coalesce(u.requests, 0) || ' and ' || coalesce(u.tokens, 0)
                || '; or its last day or month are wrong' as finding
            from key_meter m left join (
                select n.key_id, sum(d.requests) as requests, sum(d.tokens) as tokens,
                    sum(case when d.day = n.day then d.requests else 0 end) as day_requests,
                    sum(case when d.day = n.day then d.tokens else 0 end) as day_tokens,
                    sum(case when d.day = n.day then d.micros else 0 end) as day_micros,
                    sum(case when d.day >= n.month_from then d.requests else 0 end) as month_requests,
                    sum(case when d.day >= n.month_from then d.tokens else 0 end) as month_tokens,
                    sum(case when d.day >= n.month_from then d.micros else 0 end) as month_micros
                from key_meter n join (select coalesce(o.meter_id, o.id) as owner, x.day, x.requests, x.prompt_tokens + x.completion_tokens as tokens,
                    x.cost_micros as micros from usage_day x join api_key o on o.id = x.key_id) d on d.owner = n.key_id
                group by n.key_id) u on u.key_id = m.key_id
            where m.used_requests <> coalesce(u.requests, 0) or m.used_tokens <> coalesce(u.tokens, 0)
                or m.day_used_requests <> coalesce(u.day_requests, 0) or m.day_used_tokens <> coalesce(u.day_tokens, 0)
                or m.day_used_micros <> coalesce(u.day_micros, 0) or m.month_used_requests <> coalesce(u.month_requests, 0)
                or m.month_used_tokens <> coalesce(u.month_tokens, 0) or m.month_used_micros <> coalesce(u.month_micros, 0)
                or m.month_from > m.day or m.day - m.month_from > 30
            """),
    USED_BY_ACCOUNTS("what an account has used, of its day, its month and in all, equals the sums of its days", """
            select 'account ' || m.account_id || ' is told to have used ' || m.used_requests || ' requests and ' || m.used_tokens
                || ' tokens, its days come to ' || coalesce(u.requests, 0) || ' and ' || coalesce(u.tokens, 0)
                || '; or its last day or month are wrong' as finding
            from account_meter m left join (
                select n.account_id, sum(d.requests) as requests, sum(d.tokens) as tokens,
                    sum(case when d.day = n.day then d.requests else 0 end) as day_requests,
                    sum(case when d.day = n.day then d.tokens else 0 end) as day_tokens,
                    sum(case when d.day = n.day then d.micros else 0 end) as day_micros,
                    sum(case when d.day >= n.month_from then d.requests else 0 end) as month_requests,
                    sum(case when d.day >= n.month_from then d.tokens else 0 end) as month_tokens,
                    sum(case when d.day >= n.month_from then d.micros else 0 end) as month_micros
                from account_meter n join (select x.account_id as owner, x.day, x.requests, x.prompt_tokens + x.completion_tokens as tokens,
                    x.cost_micros as micros from usage_day x) d on d.owner = n.account_id
                group by n.account_id) u on u.account_id = m.account_id
            where m.used_requests <> coalesce(u.requests, 0) or m.used_tokens <> coalesce(u.tokens, 0)
                or m.day_used_requests <> coalesce(u.day_requests, 0) or m.day_used_tokens <> coalesce(u.day_tokens, 0)
                or m.day_used_micros <> coalesce(u.day_micros, 0) or m.month_used_requests <> coalesce(u.month_requests, 0)
                or m.month_used_tokens <> coalesce(u.month_tokens, 0) or m.month_used_micros <> coalesce(u.month_micros, 0)
                or m.month_from > m.day or m.day - m.month_from > 30
            """),
    REVERSALS("a reversal undoes its transaction, whole", """
            select 'transaction ' || t.id || ' gives account ' || t.account_id || ' ' || coalesce(n.total, 0) || ' to undo '
                || coalesce(o.total, 0) || ' of transaction ' || coalesce(t.reverses, 0) as finding
            from ledger_transaction t
                left join (select e.transaction_id, sum(e.amount_micros) as total from ledger_entry e
                    join fund f on f.id = e.fund_id and f.account_id is not null
                    where e.transaction_id in (select id from ledger_transaction where kind = 'reversal')
                    group by e.transaction_id) n on n.transaction_id = t.id
                left join (select e.transaction_id, sum(e.amount_micros) as total from ledger_entry e
                    join fund f on f.id = e.fund_id and f.account_id is not null
                    where e.transaction_id in (select reverses from ledger_transaction where kind = 'reversal')
                    group by e.transaction_id) o on o.transaction_id = t.reverses
            where t.kind = 'reversal' and coalesce(n.total, 0) <> -coalesce(o.total, 0)
            union all
            select 'transaction ' || t.id || ' (' || t.kind || ') reverses ' || t.reverses from ledger_transaction t
            where t.kind <> 'reversal' and t.reverses is not null
            """),
    OWNERS("a request is of its key's account, which has a fund for prepaid credits", """
            select 'request ' || r.id || ' is of account ' || r.account_id || ' and of key ' || r.key_id as finding
            from request r left join api_key k on k.id = r.key_id where k.account_id is null or k.account_id <> r.account_id
            union all
            select 'account ' || a.id || ' has no fund for prepaid credits' from account a
            where not exists (select 1 from fund f where f.account_id = a.id and f.kind = 'prepaid')
            """);

    private final String title;
    private final String sql;

    AuditLaw(String title, String sql) {
        this.title = title;
        this.sql = sql;
    }

    String title() {
        return title;
    }

    String sql() {
        return sql;
    }
}
