package org.carafe.server.ledger.store;

import org.carafe.server.ledger.Postings;
import org.jdbi.v3.core.Handle;

/** The tables inside one transaction; useless after it. */
public final class Tables {
    private final Handle handle;
    private final Postings postings;

    Tables(Handle handle, Postings postings) {
        this.handle = handle;
        this.postings = postings;
    }

    public PlanStore plans() {
        return new PlanStore(handle);
    }

    public AccountStore accounts() {
        return new AccountStore(handle);
    }

    public KeyStore keys() {
        return new KeyStore(handle);
    }

    public CreditStore credits() {
        return new CreditStore(handle, postings);
    }

    public PriceStore prices() {
        return new PriceStore(handle);
    }

    public AssistantStore assistants() {
        return new AssistantStore(handle);
    }

    public ChannelStore channels() {
        return new ChannelStore(handle);
    }

    public WebhookStore webhooks() {
        return new WebhookStore(handle);
    }

    public AuditStore audit() {
        return new AuditStore(handle);
    }

    public UsageStore usage() {
        return new UsageStore(handle);
    }

    public IdempotencyStore idempotency() {
        return new IdempotencyStore(handle);
    }
}
