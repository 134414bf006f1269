package org.carafe.server.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carafe.server.ledger.store.Stores.BANK;
import static org.carafe.server.ledger.store.Stores.SHOP;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.carafe.server.documents.Document;
import org.carafe.server.documents.DocumentLimits;
import org.carafe.server.documents.MediaType;
import org.carafe.server.documents.Passage;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.Dialect;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DocumentStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path data;

    private static Document add(DocumentStore store, long assistant, String id, String... passages) {
        return store.add(assistant, id, id + ".txt", MediaType.TEXT, 10, 9, List.of(passages))
                .orElseThrow();
    }

    private static DocumentStore store(Database database) {
        return new DocumentStore(database, InstantSource.fixed(NOW));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void thePassageThatSuitsTheQuestionBestComesFirst(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            DocumentStore store = store(database);
            add(
                    store,
                    SHOP,
                    "doc_1",
                    "Our opening hours are nine to five.",
                    "Returns are free: you can return it in 30 days.");
            add(store, SHOP, "doc_2", "We ship to all countries in two days.");
            List<Passage> found = store.search(SHOP, "Can I return shoes after some days?", 2);
            assertThat(found).hasSize(2);
            assertThat(found.getFirst())
                    .isEqualTo(new Passage("doc_1", "doc_1.txt", 2, "Returns are free: you can return it in 30 days."));
            assertThat(store.search(SHOP, "zebra", 4)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anAssistantFindsItsOwnDocumentsOnly(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            DocumentStore store = store(database);
            add(store, SHOP, "doc_1", "The secret of the shop, number 2.");
            assertThat(store.hasDocuments(SHOP)).isTrue();
            assertThat(store.hasDocuments(BANK)).isFalse();
            assertThat(store.search(BANK, "secret", 4)).isEmpty();
            assertThat(store.search(BANK, "2", 4)).isEmpty();
            assertThat(store.find(BANK, "doc_1")).isEmpty();
            assertThat(store.list(BANK)).isEmpty();
            assertThat(store.delete(BANK, "doc_1")).isFalse();
            assertThat(store.find(SHOP, "doc_1")).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aDeletedDocumentIsFoundNoMore(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            DocumentStore store = store(database);
            add(store, SHOP, "doc_1", "apples and 2 pears");
            Document second = add(store, SHOP, "doc_2", "apples and 1 plum", "apples");
            assertThat(store.delete(SHOP, "doc_1")).isTrue();
            assertThat(store.delete(SHOP, "doc_1")).isFalse();
            assertThat(store.list(SHOP)).containsExactly(second);
            assertThat(store.search(SHOP, "apples", 10))
                    .hasSize(2)
                    .allMatch(passage -> passage.documentId().equals("doc_2"));
            assertThat(Stores.count(database, "passage")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whateverIsAskedIsTakenAsWords(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            DocumentStore store = store(database);
            add(store, SHOP, "doc_1", "plain words");
            String pieces = "\"'*:^(){}[]|&!<>-+~,;.\\/%_ ANDORNOTNEAR\u0000\n\tplain'); drop table passage; --𝕏😀ü";
            Random random = new Random(5);
            for (int i = 0; i < 500; i++) {
                StringBuilder question = new StringBuilder();
                for (int j = 0; j < 30; j++) {
                    question.append(pieces.charAt(random.nextInt(pieces.length())));
                }
                assertThat(store.search(SHOP, question.toString(), 4)).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(store.search(SHOP, "'); drop table passage; -- words", 4))
                    .hasSize(1);
            assertThat(store.search(BANK, "\" OR assistant_id : \"1", 4)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anAssistantHasAtMostSoManyDocuments(Dialect dialect) {
        try (Database database = Stores.open(dialect, data)) {
            DocumentStore store = store(database);
            database.write(
                    handle -> handle.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                            + (DocumentLimits.DOCUMENTS_MAX - 1)
                            + ") insert into document (public_id, assistant_id, name,"
                            + " media_type, bytes, characters, passages, created_at)"
                            + " select 'doc_x' || i, 1, 'n', 'text/plain', 1, 1, 1, 0 from n"));
            add(store, SHOP, "doc_last", "fits");
            assertThat(store.add(SHOP, "doc_more", "n", MediaType.TEXT, 1, 1, List.of("does not")))
                    .isEmpty();
            assertThat(store.list(SHOP)).hasSize(DocumentLimits.DOCUMENTS_MAX);
            assertThat(store.search(SHOP, "does not", 1)).isEmpty();
        }
    }
}
