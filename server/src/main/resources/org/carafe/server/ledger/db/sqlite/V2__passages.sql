-- Passages of documents with SQLite's full text index (FTS5, BM25); the text lives in the index's own table.
create virtual table passage using fts5 (
    content,
    document_id unindexed,
    assistant_id unindexed,
    ordinal unindexed,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
