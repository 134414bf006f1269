-- One schema for SQLite and PostgreSQL; ${serial}, ${id}, ${bytes} and ${clustered} are what they spell differently.
-- Amounts are micro-credits (*_micros), instants milliseconds since 1970 UTC (*_at), days days since 1970 UTC.

-- Every process that has made rows in the ledger: servers, and commands that move credits. Its number leads the ids of its rows, so that processes never agree on an id.
create table process (
    id         ${serial},
    opened_at  bigint not null,
    -- When its server said good-bye; null: it has not, or died.
    closed_at  bigint
);

-- One row; every act that changes what a running server has cached raises it.
create table settings_version (
    id      integer primary key check (id = 1),
    version bigint not null
);
insert into settings_version (id, version) values (1, 0);

-- What the master key must still be: a digest under it. Never the key.
create table master_key_check (
    id     integer primary key check (id = 1),
    digest ${bytes} not null
);

create table plan (
    id                 ${serial},
    name               text not null unique,
    monthly_micros     bigint check (monthly_micros >= 0),
    daily_micros       bigint check (daily_micros >= 0),
    requests_per_minute bigint,
    tokens_per_minute  bigint,
    requests_per_day   bigint,
    tokens_per_day     bigint,
    concurrent_max     bigint,
    created_at         bigint not null
);

-- Null means: as the plan says, and where that says nothing, no limit.
create table account (
    id                 ${serial},
    name               text not null unique,
    plan_id            bigint references plan (id),
    error_style        text not null check (error_style in ('openai', 'flat')),
    monthly_micros     bigint check (monthly_micros >= 0),
    daily_micros       bigint check (daily_micros >= 0),
    requests_per_minute bigint,
    tokens_per_minute  bigint,
    requests_per_day   bigint,
    tokens_per_day     bigint,
    concurrent_max     bigint,
    low_balance_micros bigint,
    -- Since when the webhook about it has been sent; null: the balance is not below it.
    low_told_at        bigint,
    priority_max       integer not null default 0,
    metadata           text,
    disabled_at        bigint,
    created_at         bigint not null
);

-- Where credits are. An account has 'prepaid', and 'monthly' and 'daily' where it has such an allowance; the house has 'issued' (where
-- credits come from, so below zero) and 'earned' (where charges go). Balances move only with entries.
create table fund (
    id               ${serial},
    account_id       bigint references account (id),
    kind             text not null check (kind in ('issued', 'earned', 'prepaid', 'monthly', 'daily')),
    balance_micros   bigint not null default 0,
    held_micros      bigint not null default 0 check (held_micros >= 0),
    -- Null: no floor (the house's); of an allowance 0.
    overdraft_micros bigint check (overdraft_micros >= 0),
    -- Of an allowance: the month (year * 12 + month - 1) or the day that its balance was granted for.
    period           bigint not null default 0,
    unique (account_id, kind),
    constraint floor_of_accounts check ((account_id is null) = (overdraft_micros is null)),
    -- Beyond a long SQLite would go on in floating point.
    constraint can_be_counted check (balance_micros between -9000000000000000000 and 9000000000000000000),
    -- Law 2, held by the database too.
    constraint no_overspend check (overdraft_micros is null or balance_micros - held_micros >= -overdraft_micros)
);
insert into fund (account_id, kind) values (null, 'issued');
insert into fund (account_id, kind) values (null, 'earned');

create table ledger_transaction (
    -- Of a charge: the request's.
    id         ${id} primary key,
    kind       text not null check (kind in ('charge', 'top_up', 'adjustment', 'grant', 'lapse', 'reversal')),
    account_id bigint references account (id),
    -- A reversal says what it reverses.
    reverses   bigint,
    reason     text,
    actor      text,
    at         bigint not null
);
create index ledger_transaction_of_account on ledger_transaction (account_id, at, id);
create unique index ledger_transaction_reversed on ledger_transaction (reverses) where reverses is not null;

-- Append only. The entries of a transaction sum to zero.
create table ledger_entry (
    fund_id        bigint not null references fund (id),
    transaction_id bigint not null references ledger_transaction (id),
    amount_micros  bigint not null check (amount_micros <> 0),
    primary key (fund_id, transaction_id)
) ${clustered};

create table price (
    id                ${serial},
    model             text not null,
    version           integer not null,
    -- Micro-credits for a million tokens.
    prompt_micros     bigint not null check (prompt_micros >= 0),
    cached_micros     bigint not null check (cached_micros >= 0),
    completion_micros bigint not null check (completion_micros >= 0),
    since_at          bigint not null,
    unique (model, version)
);

create table assistant (
    id            ${serial},
    name          text not null unique,
    model         text not null,
    adapter       text,
    system_prompt text,
    -- JSON: temperature, top_p, max_tokens, ...
    sampling      text,
    created_at    bigint not null
);

create table api_key (
    id                 ${serial},
    -- What people call it: key_...
    public_id          text not null unique,
    -- Null for management keys.
    account_id         bigint references account (id),
    kind               text not null check (kind in ('inference', 'management', 'channel')),
    name               text not null,
    -- The first characters, to recognise it by.
    prefix             text not null,
    -- HMAC-SHA-256 of the key.
    digest             ${bytes} not null unique,
    -- Lists are JSON arrays; null: no restriction.
    models             text,
    routes             text,
    origins            text,
    ip_ranges          text,
    requests_per_minute bigint,
    tokens_per_minute  bigint,
    requests_per_day   bigint,
    tokens_per_day     bigint,
    concurrent_max     bigint,
    budget_micros      bigint check (budget_micros >= 0),
    assistant_id       bigint references assistant (id),
    metadata           text,
    expires_at         bigint,
    revoked_at         bigint,
    -- Of a rotated key: its successor.
    replaced_by        bigint,
    -- Of a successor: the first key of its line, on whose meter all of them count. Null: its own.
    meter_id           bigint references api_key (id),
    -- When the webhook about its end was sent.
    expiry_told_at     bigint,
    -- The budget that the webhook about its end was sent for; in the row whose meter counts.
    budget_told_micros bigint,
    created_at         bigint not null
);
create index api_key_by_prefix on api_key (prefix);
create index api_key_of_account on api_key (account_id);
create index api_key_of_meter on api_key (meter_id) where meter_id is not null;
create index api_key_with_budget on api_key (id) where budget_micros is not null;
create index api_key_with_end on api_key (expires_at) where expires_at is not null;

-- What a key and its successors have spent, hold, and have used on their last day. Narrow, as every request writes it.
create table key_meter (
    key_id       bigint primary key references api_key (id),
    spent_micros bigint not null default 0,
    held_micros  bigint not null default 0 check (held_micros >= 0),
    day          bigint not null default 0,
    day_requests bigint not null default 0,
    day_tokens   bigint not null default 0,
    -- Running sums of usage_day, for those who ask often: of all days, of the day, and of the month from its first day on.
    used_requests       bigint not null default 0,
    used_tokens         bigint not null default 0,
    day_used_requests   bigint not null default 0,
    day_used_tokens     bigint not null default 0,
    day_used_micros     bigint not null default 0,
    month_from          bigint not null default 0,
    month_used_requests bigint not null default 0,
    month_used_tokens   bigint not null default 0,
    month_used_micros   bigint not null default 0
) ${clustered};

create table account_meter (
    account_id   bigint primary key references account (id),
    spent_micros bigint not null default 0,
    day          bigint not null default 0,
    day_requests bigint not null default 0,
    day_tokens   bigint not null default 0,
    -- As a key's.
    used_requests       bigint not null default 0,
    used_tokens         bigint not null default 0,
    day_used_requests   bigint not null default 0,
    day_used_tokens     bigint not null default 0,
    day_used_micros     bigint not null default 0,
    month_from          bigint not null default 0,
    month_used_requests bigint not null default 0,
    month_used_tokens   bigint not null default 0,
    month_used_micros   bigint not null default 0
) ${clustered};

-- Every admitted request: its hold while it is open, its usage row when it has ended.
create table request (
    id                ${id} primary key,
    account_id        bigint not null references account (id),
    key_id            bigint not null references api_key (id),
    model             text not null,
    price_id          bigint,
    -- The X-Request-Id; callers may repeat theirs.
    request_id        text not null,
    status            integer not null check (status between 0 and 3),
    held_prepaid      bigint not null,
    held_monthly      bigint not null,
    held_daily        bigint not null,
    monthly_period    bigint not null,
    daily_period      bigint not null,
    -- Most tokens, for limits of the day: prompt and answer.
    tokens_max        bigint not null,
    -- While open: as of the last note. Ended: what was used.
    prompt_tokens     bigint not null default 0,
    cached_tokens     bigint not null default 0,
    completion_tokens bigint not null default 0,
    cost_micros       bigint not null default 0,
    created_at        bigint not null,
    expires_at        bigint not null,
    ended_at          bigint
);
create index request_open on request (account_id, key_id) where status = 0;

-- Sums of ended requests, written with them.
create table usage_day (
    account_id        bigint not null,
    day               bigint not null,
    key_id            bigint not null,
    model             text not null,
    requests          bigint not null,
    prompt_tokens     bigint not null,
    cached_tokens     bigint not null,
    completion_tokens bigint not null,
    cost_micros       bigint not null,
    primary key (account_id, day, key_id, model)
) ${clustered};

create table idempotency (
    -- Whose: an account's or a management key's number.
    scope        text not null,
    idempotency_key text not null,
    body_digest  ${bytes} not null,
    -- Of a request that is still running: whose it is. Null once it is answered.
    process      bigint,
    -- Null while the first request with it is still running.
    status       integer,
    content_type text,
    -- Sealed under the master key: an answer may hold a key or a text.
    response     ${bytes},
    -- Of a charged request's: what its account has kept is summed up without a look at the answers.
    response_bytes bigint not null default 0,
    created_at   bigint not null,
    expires_at   bigint not null,
    primary key (scope, idempotency_key)
);
create index idempotency_kept on idempotency (scope, response_bytes);
create index idempotency_expiry on idempotency (expires_at);
create index idempotency_running on idempotency (process) where status is null;

create table audit (
    id      ${serial},
    at      bigint not null,
    -- A management key's public id, or 'shell'.
    actor   text not null,
    act     text not null,
    subject text not null,
    -- JSON
    details text
);

create table channel (
    id            ${serial},
    public_id     text not null unique,
    account_id    bigint not null references account (id),
    key_id        bigint not null references api_key (id),
    name          text not null,
    model         text not null,
    system_prompt text,
    -- The key, AES-256-GCM under the master key.
    sealed_key    ${bytes} not null,
    disabled_at   bigint,
    created_at    bigint not null,
    unique (account_id, name)
);
create index channel_of_key on channel (key_id);

create table chat_session (
    id         ${serial},
    channel_id bigint not null references channel (id),
    session_id text not null,
    last_at    bigint not null,
    unique (channel_id, session_id)
);
create index chat_session_idle on chat_session (last_at);

create table chat_message (
    id         ${serial},
    session    bigint not null references chat_session (id) on delete cascade,
    role       text not null check (role in ('user', 'assistant')),
    content    text not null,
    created_at bigint not null
);
create index chat_message_of_session on chat_message (session, id);

create table document (
    id           ${serial},
    public_id    text not null unique,
    assistant_id bigint not null references assistant (id),
    name         text not null,
    media_type   text not null,
    bytes        bigint not null,
    characters   bigint not null,
    passages     integer not null,
    created_at   bigint not null
);
create index document_of_assistant on document (assistant_id, id);

create table webhook (
    id         ${serial},
    public_id  text not null unique,
    -- Null: of every account.
    account_id bigint references account (id),
    url        text not null,
    -- Signs the deliveries; sealed.
    sealed_secret ${bytes} not null,
    -- JSON array of event types; null: all.
    events     text,
    created_at bigint not null
);

-- What is to be told, and for a month what was.
create table webhook_delivery (
    id           ${serial},
    webhook_id   bigint not null references webhook (id) on delete cascade,
    event_id     text not null,
    event        text not null,
    payload      text not null,
    attempts     integer not null default 0,
    -- When it is tried (again); null: delivered, or given up.
    next_at      bigint,
    delivered_at bigint,
    last_error   text,
    created_at   bigint not null,
    unique (webhook_id, event_id)
);
create index webhook_delivery_due on webhook_delivery (next_at) where next_at is not null;
create index webhook_delivery_old on webhook_delivery (created_at);
