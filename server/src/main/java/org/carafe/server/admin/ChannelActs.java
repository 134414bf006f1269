package org.carafe.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.Channel;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.KeyMaker.Made;
import org.carafe.server.ledger.store.Tables;
import org.carafe.server.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/** Acts on channels. Their keys alone can be shown again: they are kept sealed under the master key. */
public final class ChannelActs {
    private final ActContext context;
    private final KeyMaker maker;
    private final MasterKey masterKey;

    ChannelActs(ActContext context, KeyMaker maker, MasterKey masterKey) {
        this.context = context;
        this.maker = maker;
        this.masterKey = masterKey;
    }

    /** Makes a channel with its key. */
    public ChannelView create(String actor, NewChannel given) {
        Check.name("a channel's name", given.name());
        Check.name("a model's id", given.model());
        String systemPrompt = Check.text("a system prompt", given.systemPrompt(), Check.PROMPT_CHARS_MAX);
        KeyScope scope = new KeyScope(null, null, Scopes.origins(given.origins()), null);
        Limits limits = new Limits(given.requestsPerMinute(), null, given.dailyQuota(), null, null);
        KeySettings settings = new KeySettings(given.name(), scope, limits, null, null, null, Map.of());
        return context.write(tables -> {
            long account = Find.referred(() -> Find.account(tables, given.account()))
                    .account()
                    .id();
            Instant now = context.now();
            Made made = maker.make(tables, KeyKind.CHANNEL, account, settings, now);
            String id = maker.publicId("ch_");
            boolean added = tables.channels()
                    .add(
                            id,
                            account,
                            made.key().id(),
                            given.name(),
                            given.model(),
                            systemPrompt,
                            seal(id, made.text()),
                            now);
            if (!added) {
                throw ActException.conflict("account " + Check.shown(given.account()) + " has a channel "
                        + Check.shown(given.name()) + " already");
            }
            Channel channel = Find.channel(tables, id);
            context.audit(tables, actor, "channels.create", id, AdminJson.details(ChannelView.of(channel, null)));
            return ChannelView.of(channel, made.text());
        });
    }

    /** A channel with its key. */
    public ChannelView show(String id) {
        return context.read(tables -> shown(tables, Find.channel(tables, id)));
    }

    /**
     * Channels without their keys, oldest first.
     *
     * @param account null: of all accounts
     * @param after id of the channel to go on after; null: from the first
     */
    public List<ChannelView> list(@Nullable String account, @Nullable String after, int limit) {
        int rows = Check.rows(limit);
        return context.read(tables -> {
            Long accountId = Find.accountIdOrNull(tables, account);
            long row = Find.rowAfter(after, id -> Find.channel(tables, id).id());
            return tables.channels().list(accountId, row, rows).stream()
                    .map(channel -> ChannelView.of(channel, null))
                    .toList();
        });
    }

    /** From now on it answers 403. */
    public ChannelView disable(String actor, String id) {
        return disable(actor, id, true);
    }

    public ChannelView enable(String actor, String id) {
        return disable(actor, id, false);
    }

    private ChannelView disable(String actor, String id, boolean disabled) {
        return context.write(tables -> {
            Channel channel = Find.channel(tables, id);
            if (disabled != (channel.disabledAt() != null)) {
                tables.channels().disable(channel.id(), disabled ? context.now() : null);
                context.audit(tables, actor, disabled ? "channels.disable" : "channels.enable", id, Map.of());
            }
            return shown(tables, Find.channel(tables, id));
        });
    }

    /** Gives it a new key; the old one works for the grace period. */
    public ChannelView rotateKey(String actor, String id, Duration grace) {
        return context.write(tables -> {
            Channel channel = Find.channel(tables, id);
            Long account = Find.accountIdOrNull(tables, channel.account());
            Made made = maker.rotate(tables, channel.key(), account, grace, context.now());
            tables.channels().setKey(channel.id(), made.key().id(), seal(id, made.text()));
            context.audit(
                    tables,
                    actor,
                    "channels.rotate",
                    id,
                    Map.of("key_id", made.key().publicId(), "grace_seconds", grace.toSeconds()));
            return ChannelView.of(Find.channel(tables, id), made.text());
        });
    }

    private ChannelView shown(Tables tables, Channel channel) {
        byte[] key = masterKey.open(tables.channels().sealedKey(channel.id()), sealContext(channel.publicId()));
        return ChannelView.of(channel, new String(key, UTF_8));
    }

    private byte[] seal(String id, String text) {
        return masterKey.seal(text.getBytes(UTF_8), sealContext(id));
    }

    /** A sealed key that is put into another channel's row does not open. */
    private static String sealContext(String id) {
        return "channel:" + id;
    }
}
