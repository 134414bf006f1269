-- Passages of documents with SQLite's full text index (FTS5, BM25); the text lives in the index's own table.
-- The two ids are words of it too: a search looks at one assistant's passages only, and a document's are found to be deleted.
create virtual table passage using fts5 (
    content,
    document_id,
    assistant_id,
    ordinal unindexed,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
