package org.carafe.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carafe.server.admin.ActsFixture.ACTOR;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.carafe.server.accounts.AssistantSettings;
import org.carafe.server.accounts.KeyScope;
import org.carafe.server.accounts.KeySettings;
import org.carafe.server.accounts.Limits;
import org.carafe.server.admin.ActException.Kind;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChannelActsTest {
    @TempDir
    private Path data;

    private ActsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new ActsFixture(DatabaseSettings.sqlite(data));
        fixture.account("acme");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private ChannelView channel(String name) {
        return fixture.acts
                .channels()
                .create(
                        ACTOR,
                        new NewChannel(
                                name, "acme", "m", "Be kind.\nBe brief.", List.of("https://a.example"), 30L, 500L));
    }

    @Test
    void aChannelsKeyCanBeShownAgainAndIsSealedAtRest() {
        ChannelView made = channel("site");

        assertThat(made.key()).matches("sk-ch-[0-9A-Za-z]{43}");
        assertThat(made.id()).matches("ch_[0-9a-f]{16}");
        assertThat(fixture.acts.channels().show(made.id())).isEqualTo(made);
        assertThat(fixture.acts.channels().list(null, null, 10)).allMatch(channel -> channel.key() == null);
        byte[] sealed = fixture.database.read(handle -> handle.select("select sealed_key from channel")
                .mapTo(byte[].class)
                .one());
        assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(String.valueOf(made.key()));
        assertThat(new String(fixture.masterKey.open(sealed, "channel:" + made.id()), UTF_8))
                .isEqualTo(made.key());
        assertThat(fixture.text("select details from audit where act = 'channels.create'"))
                .doesNotContain(String.valueOf(made.key()));
    }

    @Test
    void aSealedKeyOpensInItsOwnRowOnly() {
        ChannelView one = channel("one");
        ChannelView other = channel("other");
        fixture.database.write(handle -> handle.execute(
                "update channel set sealed_key = (select sealed_key from channel where public_id = ?) where public_id = ?",
                one.id(),
                other.id()));

        assertThatThrownBy(() -> fixture.acts.channels().show(other.id())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quotaAndOriginsAreThoseOfItsKey() {
        ChannelView made = channel("site");
        KeyView key = fixture.acts.keys().show(made.keyId());

        assertThat(key.kind()).isEqualTo("channel");
        assertThat(key.limits()).isEqualTo(new Limits(30L, 100_000L, 500L, null, null));
        assertThat(key.origins()).containsExactly("https://a.example");
        assertThat(fixture.acts.keys().list("acme", null, 10)).isEmpty();
    }

    @Test
    void aRotatedKeyIsShownAndTheOldOneWorksForTheGracePeriod() {
        ChannelView made = channel("site");
        ChannelView rotated = fixture.acts.channels().rotateKey(ACTOR, made.id(), Duration.ofHours(1));

        assertThat(rotated.key()).isNotEqualTo(made.key());
        assertThat(fixture.acts.channels().show(made.id()).key()).isEqualTo(rotated.key());
        KeyView old = fixture.acts.keys().show(made.keyId());
        assertThat(old.expiresAt()).isEqualTo(fixture.now().plus(Duration.ofHours(1)));
        assertThat(old.replacedBy()).isEqualTo(rotated.keyId());
        assertThat(fixture.refused(() -> fixture.acts.keys().rotate(ACTOR, rotated.keyId(), Duration.ZERO)))
                .hasMessageContaining("rotate the channel's key");
    }

    @Test
    void aChannelIsDisabledAndEnabledAgain() {
        ChannelView made = channel("site");
        assertThat(fixture.acts.channels().disable(ACTOR, made.id()).enabled()).isFalse();
        assertThat(fixture.acts.channels().enable(ACTOR, made.id()).enabled()).isTrue();
        assertThat(fixture.refused(() -> channel("site")).kind()).isEqualTo(Kind.CONFLICT);
        assertThat(fixture.number("select count(*) from api_key")).isEqualTo(1);
    }

    @Test
    void anAssistantIsChangedAndDeletedOnceNoKeyNeedsIt() {
        AssistantSettings settings = new AssistantSettings(
                "m", "lora", "Be kind.\n\tAlways.", Map.of("temperature", 0.5, "max_tokens", 100));
        AssistantView made = fixture.acts.assistants().create(ACTOR, "support", settings);
        assertThat(made.sampling()).containsEntry("max_tokens", 100).containsEntry("temperature", 0.5);
        KeySettings bound = new KeySettings("k", KeyScope.ALL, Limits.NONE, null, "support", null, Map.of());
        KeyView key = fixture.key("acme", bound);

        assertThat(fixture.acts
                        .assistants()
                        .update(ACTOR, "support", was -> new AssistantSettings(was.model(), null, null, was.sampling()))
                        .adapter())
                .isNull();
        assertThat(fixture.refused(() -> fixture.acts.assistants().delete(ACTOR, "support")))
                .hasMessageContaining("revoke " + key.id());
        fixture.acts.keys().revoke(ACTOR, key.id());
        fixture.acts.assistants().delete(ACTOR, "support");
        assertThat(fixture.acts.assistants().list("", 10)).isEmpty();
        assertThat(fixture.acts.keys().show(key.id()).assistant()).isNull();
    }

    @Test
    void samplingHasTheRangesOfRequests() {
        assertThat(refused(Map.of("temperature", 2.1))).contains("between 0 and 2", "2.1");
        assertThat(refused(Map.of("temperature", Double.NaN))).contains("NaN");
        assertThat(refused(Map.of("max_tokens", 1.5))).contains("whole number");
        assertThat(refused(Map.of("stop", 1))).contains("has no 'stop'");
    }

    private String refused(Map<String, Number> sampling) {
        return String.valueOf(fixture.refused(() -> fixture.acts
                        .assistants()
                        .create(ACTOR, "support", new AssistantSettings("m", null, null, sampling)))
                .getMessage());
    }

    @Test
    void aPriceHasVersionsAndTheNewestCounts() {
        fixture.acts.prices().set(ACTOR, "m", 2_000_000, null, 5_000_000);
        fixture.nowMillis.addAndGet(1_000);
        PriceView second = fixture.acts.prices().set(ACTOR, "m", 3_000_000, 500_000L, 6_000_000);
        fixture.acts.prices().set(ACTOR, "n/o", 0, null, 0);

        assertThat(second.version()).isEqualTo(2);
        assertThat(second.cachedPrompt()).isEqualByComparingTo("0.5");
        assertThat(fixture.acts.prices().list("", 10))
                .extracting(PriceView::model)
                .containsExactly("m", "n/o");
        assertThat(fixture.acts.prices().list("", 10)).first().isEqualTo(second);
        assertThat(fixture.acts.prices().history("m", 10))
                .extracting(PriceView::version)
                .containsExactly(2, 1);
        assertThat(fixture.acts.prices().history("m", 10).getLast().cachedPrompt())
                .isEqualByComparingTo("2");
        assertThat(fixture.refused(() -> fixture.acts.prices().set(ACTOR, "m", -1, null, 0)))
                .hasMessageContaining("prompt tokens");
    }
}
