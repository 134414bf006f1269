package org.carafe.server.auth;

import java.time.Instant;
import java.util.List;
import org.carafe.server.accounts.ErrorStyle;
import org.carafe.server.accounts.KeyKind;
import org.carafe.server.accounts.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What a key of the ledger grants, as of when it was looked up; a hold looks again.
 *
 * @param keyId row of the key
 * @param meterId row of the key on whose meter it counts: its own, or that of the first key it was rotated from
 * @param accountId row of the account; 0 for a management key
 * @param keyLimits with the defaults filled in
 * @param accountLimits of all the account's keys together, those of its plan filled in
 * @param routes paths of routes that it may call; null: all but documents ({@code RouteNames})
 * @param origins that a browser may call from; null: any
 * @param ipRanges CIDR ranges that it may be used from; null: anywhere
 * @param assistantId row of the bound assistant; null: none
 * @param priorityMax the highest priority that its requests may ask for: lower numbers are served first, and a lower one is a 400
 * @param expiresAt null: never
 */
public record KeyGrant(
        long keyId,
        long meterId,
        long accountId,
        KeyKind kind,
        ErrorStyle errorStyle,
        Limits keyLimits,
        Limits accountLimits,
        @Nullable List<String> routes,
        @Nullable List<String> origins,
        @Nullable List<String> ipRanges,
        @Nullable Long assistantId,
        int priorityMax,
        @Nullable Instant expiresAt) {}
