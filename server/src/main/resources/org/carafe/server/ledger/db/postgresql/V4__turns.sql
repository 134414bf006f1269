-- Whose turn it is in a channel's session, among all servers. Instants are this database's own clock: one clock for all.
-- Not logged: after a crash of the database a turn that ran has lost its lease, which its write finds out.
create unlogged table session_turn (
    channel_id   bigint not null,
    session_id   text not null,
    -- Zero: let go, and kept for whom waits.
    lease        bigint not null,
    expires_at   bigint not null,
    -- The process that comes next, so that none with many turns of its own keeps the others out; and how long that is kept for it.
    next_process bigint not null default 0,
    next_until   bigint not null default 0,
    primary key (channel_id, session_id)
);
