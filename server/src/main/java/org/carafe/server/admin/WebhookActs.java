package org.carafe.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carafe.server.accounts.Webhook;
import org.carafe.server.accounts.WebhookDelivery;
import org.carafe.server.accounts.WebhookEvent;
import org.carafe.server.accounts.Worded;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/** Acts on webhooks. */
public final class WebhookActs {
    /** What a webhook's secret is sealed for, with its public id behind. */
    public static final String SEALED_FOR = "webhook:";

    private static final int URL_CHARS_MAX = 2000;
    private static final int WEBHOOKS_MAX = 1000;

    private final ActContext context;
    private final MasterKey masterKey;
    private final KeyText texts;

    WebhookActs(ActContext context, MasterKey masterKey) {
        this.context = context;
        this.masterKey = masterKey;
        this.texts = new KeyText(masterKey);
    }

    /**
     * Makes a webhook with the secret that signs what it is told.
     *
     * @param account null: it hears of all accounts
     * @param events {@link WebhookEvent#word}s; null: all
     */
    public WebhookView create(String actor, String url, @Nullable String account, @Nullable List<String> events) {
        String checked = url(url);
        Set<WebhookEvent> types = events == null ? null : types(events);
        return context.write(tables -> {
            Long accountId = account == null ? null : Find.referred(() -> Find.accountIdOrNull(tables, account));
            if (tables.webhooks().count() >= WEBHOOKS_MAX) {
                throw ActException.conflict("there are " + WEBHOOKS_MAX + " webhooks already, the most there can be");
            }
            String id = texts.publicId("wh_");
            String secret = texts.secret("whsec_");
            tables.webhooks()
                    .add(
                            id,
                            accountId,
                            checked,
                            masterKey.seal(secret.getBytes(UTF_8), SEALED_FOR + id),
                            types,
                            context.now());
            WebhookView view = WebhookView.of(Find.webhook(tables, id), secret);
            context.audit(
                    tables,
                    actor,
                    "webhooks.create",
                    id,
                    Map.of("url", checked, "account", account == null ? "" : account, "events", view.events()));
            return view;
        });
    }

    private static String url(String text) {
        Check.line("a webhook's URL", text, URL_CHARS_MAX);
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw ActException.invalid("a webhook's URL cannot be " + Check.shown(text));
        }
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        if (!web || url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw ActException.invalid(
                    "a webhook's URL is such as https://example.com/hook, without a user or a fragment, not "
                            + Check.shown(text));
        }
        return text;
    }

    private static Set<WebhookEvent> types(List<String> words) {
        Set<WebhookEvent> types = EnumSet.noneOf(WebhookEvent.class);
        for (String word : words) {
            types.add(Worded.of(WebhookEvent.class, word)
                    .orElseThrow(() -> ActException.invalid("there is no event " + Check.shown(word)
                            + "; there are low_balance, budget_reached and key_expiring")));
        }
        if (types.isEmpty()) {
            throw ActException.invalid("a webhook needs an event; without a list it has all");
        }
        return types;
    }

    /** Deletes a webhook; what waits for it is not delivered any more. */
    public WebhookView delete(String actor, String id) {
        return context.write(tables -> {
            Webhook webhook = Find.webhook(tables, id);
            tables.webhooks().delete(webhook.id());
            context.audit(tables, actor, "webhooks.delete", id, Map.of());
            return WebhookView.of(webhook, null);
        });
    }

    public WebhookView show(String id) {
        return context.read(tables -> WebhookView.of(Find.webhook(tables, id), null));
    }

    /**
     * Webhooks, oldest first.
     *
     * @param after id of the webhook to go on after; null: from the first
     */
    public List<WebhookView> list(@Nullable String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> {
            long row = Find.rowAfter(after, id -> Find.webhook(tables, id).id());
            return tables.webhooks().list(row, rows).stream()
                    .map(webhook -> WebhookView.of(webhook, null))
                    .toList();
        });
    }

    /** How a webhook's latest deliveries stand, newest first. */
    public List<WebhookDelivery> deliveries(String id, int limit) {
        int rows = Check.rows(limit);
        return context.read(
                tables -> tables.webhooks().deliveries(Find.webhook(tables, id).id(), rows));
    }
}
