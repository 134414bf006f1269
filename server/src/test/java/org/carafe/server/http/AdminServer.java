package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.admission.Admission;
import org.carafe.server.admission.LedgerAdmission;
import org.carafe.server.admission.Refusals;
import org.carafe.server.auth.Door;
import org.carafe.server.auth.KeyRing;
import org.carafe.server.idempotency.OnceOnly;
import org.carafe.server.ledger.Ledger;
import org.carafe.server.ledger.LedgerListener;
import org.carafe.server.ledger.RowIds;
import org.carafe.server.ledger.db.Database;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.ledger.store.KeyLookup;
import org.carafe.server.limits.BucketLimits;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/** A server with a real ledger file, real keys and the admin API. */
final class AdminServer implements AutoCloseable {
    final Database database;
    final RowIds ids;
    final Ledger ledger;
    final OnceOnly once;
    final AdminActs acts;
    final KeyRing keys;
    final TestServer server;
    /** A management key. */
    final String key;

    AdminServer(Path data) {
        this(data, builder -> builder);
    }

    AdminServer(Path data, UnaryOperator<TestServer.Builder> settings) {
        MasterKey masterKey = MasterKey.of(new byte[32]);
        database = Database.open(DatabaseSettings.sqlite(data));
        keys = new KeyRing(new KeyLookup(database), masterKey, InstantSource.system(), Door.SHUT);
        ids = new RowIds(database);
        ledger = Ledger.start(database, ids, InstantSource.system(), LedgerListener.NONE);
        once = new OnceOnly(database, masterKey, InstantSource.system());
        acts = AdminActs.of(database, ids, masterKey, InstantSource.system(), keys::changed);
        String made = acts.keys()
                .createManagement("test", KeySettings.named("tests"), null)
                .key();
        assert made != null : "shown at its making";
        key = made;
        Admission admission = new LedgerAdmission(
                ledger, BucketLimits.local(), account -> null, new Refusals(InstantSource.system()));
        server = settings.apply(TestServer.with().authenticator(keys).admission(admission))
                .start();
        server.server().administer(acts);
        server.server().honour(once);
    }

    /** A request under the management key. */
    TestServer.Answered ask(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = server.request("/admin/v1/" + path).header("Authorization", "Bearer " + key);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.send(request.method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, UTF_8))
                .build());
    }

    TestServer.Answered get(String path, String... headers) {
        return ask("GET", path, null, headers);
    }

    TestServer.Answered post(String path, String body, String... headers) {
        return ask("POST", path, body, headers);
    }

    /** A request with these headers alone; where they name a content type, with a body. */
    TestServer.Answered raw(String method, String path, String... headers) {
        HttpRequest.Builder request = server.request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        boolean typed = List.of(headers).contains("Content-Type");
        return server.send(request.method(
                        method,
                        typed ? HttpRequest.BodyPublishers.ofString("name=x") : HttpRequest.BodyPublishers.noBody())
                .build());
    }

    /** Makes an account. */
    void account(String name) {
        assertThat(post("accounts", "{\"name\":\"" + name + "\"}").status()).isEqualTo(201);
    }

    String balance(String name) {
        return get("accounts/" + name).json().path("balance").decimalValue().toPlainString();
    }

    /** The status that a key gets for the list of models. */
    int models(String key) {
        return raw("GET", "/v1/models", "Authorization", "Bearer " + key).status();
    }

    @Override
    public void close() {
        server.close();
        once.close();
        keys.close();
        ledger.close();
        database.close();
    }
}
