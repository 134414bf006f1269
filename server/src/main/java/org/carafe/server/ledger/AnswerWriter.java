package org.carafe.server.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes answers into the claims of their idempotency keys, inside the transaction that charges for them. */
final class AnswerWriter {
    private final Statements statements;
    private final long nowMillis;

    AnswerWriter(Statements statements, long nowMillis) {
        this.statements = statements;
        this.nowMillis = nowMillis;
    }

    /**
     * Writes those whose claims are still theirs; 1 for each that was.
     *
     * @param answers in the order of their scopes and keys, as every transaction locks claims: two of them do not deadlock
     */
    int[] keep(List<AnswerToKeep> answers) throws SQLException {
        if (answers.isEmpty()) {
            return new int[0];
        }
        PreparedStatement update = statements.of("""
                update idempotency set process = null, status = ?, content_type = ?, response = ?, response_bytes = ?,
                    expires_at = ?
                where scope = ? and idempotency_key = ? and process = ? and created_at = ? and status is null
                """);
        for (AnswerToKeep answer : answers) {
            update.setInt(1, answer.status());
            update.setString(2, answer.contentType());
            update.setBytes(3, answer.sealed());
            update.setLong(4, answer.sealed().length);
            update.setLong(5, nowMillis + answer.life().toMillis());
            update.setString(6, answer.scope());
            update.setString(7, answer.key());
            update.setLong(8, answer.process());
            update.setLong(9, answer.claimedAtMillis());
            update.addBatch();
        }
        return update.executeBatch();
    }
}
