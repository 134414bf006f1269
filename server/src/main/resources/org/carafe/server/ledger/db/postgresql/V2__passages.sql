-- Passages of documents with PostgreSQL's full text index.
create table passage (
    id           bigint generated always as identity primary key,
    document_id  bigint not null references document (id) on delete cascade,
    assistant_id bigint not null,
    ordinal      integer not null,
    content      text not null,
    -- 'simple' knows no language; 'english' stems.
    words        tsvector generated always as (to_tsvector('english', content)) stored
);
create index passage_words on passage using gin (words);
create index passage_of_document on passage (document_id);
