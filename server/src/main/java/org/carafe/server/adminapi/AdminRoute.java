package org.carafe.server.adminapi;

import org.carafe.server.admin.ActException;
import org.carafe.server.admin.AdminActs;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** All routes of the admin API: what {@code http} registers, and what its OpenAPI document describes. */
public enum AdminRoute {
    CREATE_ACCOUNT("POST", "accounts", AccountRoutes::create),
    LIST_ACCOUNTS("GET", "accounts", AccountRoutes::list),
    SHOW_ACCOUNT("GET", "accounts/{name}", AccountRoutes::show),
    UPDATE_ACCOUNT("PATCH", "accounts/{name}", AccountRoutes::update),
    DISABLE_ACCOUNT("POST", "accounts/{name}/disable", AccountRoutes::disable),
    ENABLE_ACCOUNT("POST", "accounts/{name}/enable", AccountRoutes::enable),
    TOP_UP("POST", "accounts/{name}/top-ups", CreditRoutes::topUp),
    ADJUST("POST", "accounts/{name}/adjustments", CreditRoutes::adjust),
    STATEMENT("GET", "accounts/{name}/statement", CreditRoutes::statement),
    CREATE_KEY("POST", "accounts/{name}/keys", KeyRoutes::create),
    LIST_KEYS("GET", "accounts/{name}/keys", KeyRoutes::list),
    SHOW_KEY("GET", "keys/{id}", KeyRoutes::show),
    REVOKE_KEY("POST", "keys/{id}/revoke", KeyRoutes::revoke),
    ROTATE_KEY("POST", "keys/{id}/rotate", KeyRoutes::rotate),
    CREATE_MANAGEMENT_KEY("POST", "management-keys", KeyRoutes::createManagement),
    LIST_MANAGEMENT_KEYS("GET", "management-keys", KeyRoutes::listManagement),
    REVERSE("POST", "transactions/{id}/reversal", CreditRoutes::reverse),
    CREATE_PLAN("POST", "plans", PlanRoutes::create),
    LIST_PLANS("GET", "plans", PlanRoutes::list),
    SHOW_PLAN("GET", "plans/{name}", PlanRoutes::show),
    UPDATE_PLAN("PATCH", "plans/{name}", PlanRoutes::update),
    SET_PRICE("POST", "prices", PriceRoutes::set),
    LIST_PRICES("GET", "prices", PriceRoutes::list),
    /** A model's id may hold slashes. */
    PRICE_HISTORY("GET", "prices/<model>", PriceRoutes::history),
    CREATE_ASSISTANT("POST", "assistants", AssistantRoutes::create),
    LIST_ASSISTANTS("GET", "assistants", AssistantRoutes::list),
    SHOW_ASSISTANT("GET", "assistants/{name}", AssistantRoutes::show),
    UPDATE_ASSISTANT("PATCH", "assistants/{name}", AssistantRoutes::update),
    DELETE_ASSISTANT("DELETE", "assistants/{name}", AssistantRoutes::delete),
    CREATE_CHANNEL("POST", "channels", ChannelRoutes::create),
    LIST_CHANNELS("GET", "channels", ChannelRoutes::list),
    SHOW_CHANNEL("GET", "channels/{id}", ChannelRoutes::show),
    DISABLE_CHANNEL("POST", "channels/{id}/disable", ChannelRoutes::disable),
    ENABLE_CHANNEL("POST", "channels/{id}/enable", ChannelRoutes::enable),
    ROTATE_CHANNEL_KEY("POST", "channels/{id}/rotate-key", ChannelRoutes::rotateKey),
    CREATE_WEBHOOK("POST", "webhooks", WebhookRoutes::create),
    LIST_WEBHOOKS("GET", "webhooks", WebhookRoutes::list),
    SHOW_WEBHOOK("GET", "webhooks/{id}", WebhookRoutes::show),
    DELETE_WEBHOOK("DELETE", "webhooks/{id}", WebhookRoutes::delete),
    WEBHOOK_DELIVERIES("GET", "webhooks/{id}/deliveries", WebhookRoutes::deliveries),
    USAGE("GET", "usage", ReportRoutes::usage),
    AUDIT("GET", "audit", ReportRoutes::audit);

    /** What every path begins with. */
    public static final String BASE = "/admin/v1/";

    private final String method;
    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // method references that hold nothing
    private final Action action;

    private interface Action {
        AdminAnswer answer(AdminActs acts, AdminRequest request);
    }

    AdminRoute(String method, String path, Action action) {
        this.method = method;
        this.path = BASE + path;
        this.action = action;
    }

    public String method() {
        return method;
    }

    /** As Javalin spells it. */
    public String path() {
        return path;
    }

    /** What a key's list of routes calls it. */
    public String scope() {
        return path.replace('<', '{').replace('>', '}');
    }

    /**
     * Does what the route is for.
     *
     * @throws ApiException whatever is wrong with the request
     */
    public AdminAnswer answer(AdminActs acts, AdminRequest request) {
        try {
            AdminAnswer answer = action.answer(acts, request);
            if (method.equals("GET")) {
                request.noMoreQuery();
            }
            return answer;
        } catch (ActException e) {
            String text = sentence(String.valueOf(e.getMessage()));
            throw switch (e.kind()) {
                case INVALID -> new ApiException(ErrorKind.INVALID_VALUE, text);
                case NOT_FOUND -> new ApiException(ErrorKind.NOT_FOUND, text);
                case CONFLICT -> new ApiException(ErrorKind.CONFLICT, text);
            };
        }
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
