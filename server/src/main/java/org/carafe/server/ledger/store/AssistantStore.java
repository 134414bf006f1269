package org.carafe.server.ledger.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.carafe.server.accounts.Assistant;
import org.carafe.server.accounts.AssistantSettings;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Assistants. */
public final class AssistantStore {
    private static final String COLUMNS = "id, name, model, adapter, system_prompt, sampling, created_at";

    private final Handle handle;

    AssistantStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds one; false if its name is taken. */
    public boolean add(String name, AssistantSettings settings, Instant now) {
        return bind(
                                handle.createUpdate(
                                        "insert into assistant (name, model, adapter, system_prompt, sampling,"
                                                + " created_at) values (:name, :model, :adapter, :systemPrompt, :sampling, :now)"
                                                + " on conflict (name) do nothing"),
                                settings)
                        .bind("name", name)
                        .bind("now", now.toEpochMilli())
                        .execute()
                == 1;
    }

    public void set(long id, AssistantSettings settings) {
        bind(
                        handle.createUpdate("update assistant set model = :model, adapter = :adapter,"
                                + " system_prompt = :systemPrompt, sampling = :sampling where id = :id"),
                        settings)
                .bind("id", id)
                .execute();
    }

    /** The public ids of some keys that are bound to it and still work. */
    public List<String> keysOf(long id, Instant now, int limit) {
        return handle.createQuery("select public_id from api_key where assistant_id = :id and revoked_at is null"
                        + " and (expires_at is null or expires_at > :now) order by id limit :limit")
                .bind("id", id)
                .bind("now", now.toEpochMilli())
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }

    /** Deletes one with its documents; keys that no longer work let go of it. */
    public void delete(long id) {
        for (String statement : List.of(
                "update api_key set assistant_id = null where assistant_id = :id",
                "delete from passage where assistant_id = :id",
                "delete from document where assistant_id = :id",
                "delete from assistant where id = :id")) {
            handle.createUpdate(statement).bind("id", id).execute();
        }
    }

    public Optional<Assistant> find(String name) {
        return handle.createQuery("select " + COLUMNS + " from assistant where name = :name")
                .bind("name", name)
                .map((row, context) -> assistant(row))
                .findOne();
    }

    /** By its row, as a key is bound to it. */
    public Optional<Assistant> find(long id) {
        return handle.createQuery("select " + COLUMNS + " from assistant where id = :id")
                .bind("id", id)
                .map((row, context) -> assistant(row))
                .findOne();
    }

    /** By name, after a name. */
    public List<Assistant> list(String after, int limit) {
        return handle.createQuery(
                        "select " + COLUMNS + " from assistant where name > :after order by name limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> assistant(row))
                .list();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, AssistantSettings settings) {
        return statement
                .bind("model", settings.model())
                .bind("adapter", settings.adapter())
                .bind("systemPrompt", settings.systemPrompt())
                .bind("sampling", Columns.json(settings.sampling()));
    }

    private static Assistant assistant(ResultSet row) throws SQLException {
        return new Assistant(
                row.getLong("id"),
                row.getString("name"),
                new AssistantSettings(
                        row.getString("model"),
                        row.getString("adapter"),
                        row.getString("system_prompt"),
                        Columns.numbers(row.getString("sampling"))),
                Columns.instant(row, "created_at"));
    }
}
