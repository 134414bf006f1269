-- Buckets of the limits of a minute, as Bucket4j keeps them. They live for minutes: not logged, and empty after a crash.
create unlogged table bucket (
    id         text primary key,
    state      bytea,
    expires_at bigint
);
create index bucket_expiry on bucket (expires_at);
