package org.carafe.server.documents;

import java.util.List;

/** Finds what answers can be grounded in. Thread-safe; may block. By words today; by meaning once an embedding model is served. */
public interface PassageIndex {
    /** True if the assistant has any document. */
    boolean hasDocuments(long assistantId);

    /**
     * Passages of an assistant's documents that suit a question, best first.
     *
     * @param question a caller's text: words only, whatever characters it has
     * @param passagesMax at most so many
     */
    List<Passage> search(long assistantId, String question, int passagesMax);
}
