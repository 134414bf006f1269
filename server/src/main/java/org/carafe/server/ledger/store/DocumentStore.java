package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.carafe.server.documents.Document;
import org.carafe.server.documents.DocumentLimits;
import org.carafe.server.documents.MediaType;
import org.carafe.server.documents.Passage;
import org.carafe.server.documents.PassageIndex;
import org.carafe.server.documents.SearchWords;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Documents of assistants and their passages, found by words: BM25 of SQLite's FTS5, {@code ts_rank} of PostgreSQL. Words are stemmed as
 * English ones by both. Thread-safe.
 */
public final class DocumentStore implements PassageIndex {
    private static final String SELECT = "select d.id, d.public_id, d.name, d.media_type, d.bytes, d.characters,"
            + " d.created_at, d.passages from document d where d.assistant_id = :assistant";

    private final Database database;
    private final InstantSource clock;

    public DocumentStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Adds a document with its passages, all or nothing.
     *
     * @param publicId {@code doc_...}
     * @param characters of its text
     * @return empty where the assistant has as many documents as there may be
     */
    public Optional<Document> add(
            long assistantId,
            String publicId,
            String name,
            MediaType type,
            long bytes,
            long characters,
            List<String> passages) {
        long now = clock.millis();
        return database.write(handle -> {
            // Documents of one assistant are counted one after the other, on PostgreSQL too.
            handle.execute("update assistant set name = name where id = ?", assistantId);
            if (isFull(handle, assistantId)) {
                return Optional.empty();
            }
            long id = handle.createQuery("insert into document (public_id, assistant_id, name, media_type, bytes,"
                            + " characters, passages, created_at) values (:publicId, :assistant, :name, :type, :bytes,"
                            + " :characters, :passages, :now) returning id")
                    .bind("publicId", publicId)
                    .bind("assistant", assistantId)
                    .bind("name", name)
                    .bind("type", type.text())
                    .bind("bytes", bytes)
                    .bind("characters", characters)
                    .bind("passages", passages.size())
                    .bind("now", now)
                    .mapTo(Long.class)
                    .one();
            insert(handle, id, assistantId, passages);
            return find(handle, assistantId, publicId);
        });
    }

    /** Whether the assistant has as many documents as there may be: then {@link #add} adds none. */
    public boolean isFull(long assistantId) {
        return database.read(handle -> isFull(handle, assistantId));
    }

    private static boolean isFull(Handle handle, long assistantId) {
        long count = handle.createQuery("select count(*) from document where assistant_id = :assistant")
                .bind("assistant", assistantId)
                .mapTo(Long.class)
                .one();
        return count >= DocumentLimits.DOCUMENTS_MAX;
    }

    private static void insert(Handle handle, long id, long assistantId, List<String> passages) {
        PreparedBatch batch = handle.prepareBatch("insert into passage (content, document_id, assistant_id, ordinal)"
                + " values (:content, :document, :assistant, :ordinal)");
        for (int i = 0; i < passages.size(); i++) {
            batch.bind("content", passages.get(i))
                    .bind("document", id)
                    .bind("assistant", assistantId)
                    .bind("ordinal", i + 1)
                    .add();
        }
        batch.execute();
    }

    /** A document of an assistant. */
    public Optional<Document> find(long assistantId, String publicId) {
        return database.read(handle -> find(handle, assistantId, publicId));
    }

    private static Optional<Document> find(Handle handle, long assistantId, String publicId) {
        return handle.createQuery(SELECT + " and d.public_id = :publicId")
                .bind("assistant", assistantId)
                .bind("publicId", publicId)
                .map((row, context) -> document(row))
                .findOne();
    }

    /** All documents of an assistant, oldest first. */
    public List<Document> list(long assistantId) {
        return database.read(handle -> handle.createQuery(SELECT + " order by d.id")
                .bind("assistant", assistantId)
                .map((row, context) -> document(row))
                .list());
    }

    /** Deletes a document with its passages; false if the assistant has none of that id. */
    public boolean delete(long assistantId, String publicId) {
        return database.write(handle -> {
            Optional<Long> id = handle.createQuery(
                            "select id from document where assistant_id = :assistant and public_id = :publicId")
                    .bind("assistant", assistantId)
                    .bind("publicId", publicId)
                    .mapTo(Long.class)
                    .findOne();
            if (id.isEmpty()) {
                return false;
            }
            String passages = switch (database.dialect()) {
                // By its index: the ids of passages cannot be looked up otherwise.
                case SQLITE -> "delete from passage where passage match 'document_id : \"' || :document || '\"'";
                case POSTGRESQL -> "delete from passage where document_id = :document";
            };
            handle.createUpdate(passages).bind("document", id.get()).execute();
            return handle.execute("delete from document where id = ?", id.get()) == 1;
        });
    }

    @Override
    public boolean hasDocuments(long assistantId) {
        return database.read(
                handle -> handle.createQuery("select 1 from document where assistant_id = :assistant limit 1")
                        .bind("assistant", assistantId)
                        .mapTo(Integer.class)
                        .findOne()
                        .isPresent());
    }

    @Override
    public List<Passage> search(long assistantId, String question, int passagesMax) {
        List<String> words = SearchWords.of(question);
        if (words.isEmpty()) {
            return List.of();
        }
        return database.read(handle -> handle.createQuery(
                        database.dialect() == Dialect.SQLITE
                                ? "select d.public_id, d.name, p.ordinal, p.content from passage p"
                                        + " join document d on d.id = p.document_id"
                                        + " where p.passage match :words order by bm25(p.passage, 1.0, 0.0, 0.0, 0.0), p.rowid"
                                        + " limit :most"
                                : "select d.public_id, d.name, p.ordinal, p.content from passage p"
                                        + " join document d on d.id = p.document_id"
                                        + " where p.assistant_id = :assistant and p.words @@ to_tsquery('english', :words)"
                                        + " order by ts_rank(p.words, to_tsquery('english', :words), 1) desc, p.id"
                                        + " limit :most")
                .bind("words", database.dialect() == Dialect.SQLITE ? fts(assistantId, words) : tsquery(words))
                .bind("assistant", assistantId)
                .bind("most", passagesMax)
                .map((row, context) -> new Passage(
                        row.getString("public_id"),
                        row.getString("name"),
                        row.getInt("ordinal"),
                        row.getString("content")))
                .list());
    }

    /** Any of the words, in the assistant's passages; words are letters, marks and digits only, and quoted all the same. */
    private static String fts(long assistantId, List<String> words) {
        return "assistant_id : \"" + assistantId + "\" AND content : ("
                + words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(" OR ")) + ")";
    }

    private static String tsquery(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" | "));
    }

    private static Document document(ResultSet row) throws SQLException {
        return new Document(
                row.getString("public_id"),
                row.getString("name"),
                MediaType.of(row.getString("media_type"), ""),
                row.getLong("bytes"),
                row.getLong("characters"),
                row.getInt("passages"),
                Columns.instant(row, "created_at"));
    }
}
