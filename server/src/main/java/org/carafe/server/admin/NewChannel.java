package org.carafe.server.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a channel is to be.
 *
 * @param account name of the account that pays
 * @param model id of the model that answers
 * @param systemPrompt null: none
 * @param origins of the web pages that may call it; null: any
 * @param requestsPerMinute null: the default of keys
 * @param dailyQuota messages of a UTC day; null: no limit
 */
public record NewChannel(
        String name,
        String account,
        String model,
        @Nullable String systemPrompt,
        @Nullable List<String> origins,
        @Nullable Long requestsPerMinute,
        @Nullable Long dailyQuota) {}
