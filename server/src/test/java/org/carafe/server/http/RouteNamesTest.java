package org.carafe.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.RouteNames;
import org.carafe.server.adminapi.AdminRoute;
import org.junit.jupiter.api.Test;

/** What a key's list of routes may name is what the server has, no more and no less. */
final class RouteNamesTest {
    private static Stream<String> scopes(Predicate<Routes> which) {
        // With --metrics-key /metrics asks for a key, too.
        return Arrays.stream(Routes.values())
                .filter(route -> route.keyed() || route == Routes.METRICS)
                .filter(which)
                .map(Routes::scope)
                .distinct();
    }

    @Test
    void anInferenceKeyMayBeLimitedToTheRoutesThatItIsFor() {
        assertThat(RouteNames.of(KeyKind.INFERENCE))
                .containsExactlyInAnyOrderElementsOf(
                        scopes(route -> !route.isChannel()).toList());
    }

    @Test
    void aChannelsKeyMayBeLimitedToTheRoutesOfChannels() {
        assertThat(RouteNames.of(KeyKind.CHANNEL))
                .containsExactlyInAnyOrderElementsOf(scopes(Routes::isChannel).toList());
    }

    @Test
    void aManagementKeyMayBeLimitedToTheRoutesOfTheAdminApiToDocumentsAndToMetrics() {
        Stream<String> admin =
                Arrays.stream(AdminRoute.values()).map(AdminRoute::scope).distinct();
        Stream<String> both = scopes(route -> route.scope().equals("/v1/documents") || route == Routes.METRICS);
        assertThat(RouteNames.of(KeyKind.MANAGEMENT))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(admin, both).toList());
    }
}
