package org.carafe.server.admin;

import java.math.BigDecimal;

/**
 * What a top-up, a correction or a reversal did; amounts are credits.
 *
 * @param id of the transaction
 * @param amount that the account has more
 * @param balance of the account, after it
 */
public record CreditView(
        String id, String account, String kind, BigDecimal amount, String reason, BigDecimal balance) {}
