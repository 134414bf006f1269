package org.carafe.server.error;

/** Every way a request can fail. Status, type and code are the API's contract: clients branch on them, dashboards count them. */
public enum ErrorKind {
    MALFORMED_REQUEST(Category.CALLER, 400, "invalid_request_error", "malformed_request"),
    MALFORMED_JSON(Category.CALLER, 400, "invalid_request_error", "invalid_json"),
    UNKNOWN_FIELD(Category.CALLER, 400, "invalid_request_error", "unknown_parameter"),
    MISSING_FIELD(Category.CALLER, 400, "invalid_request_error", "missing_required_parameter"),
    INVALID_TYPE(Category.CALLER, 400, "invalid_request_error", "invalid_type"),
    INVALID_VALUE(Category.CALLER, 400, "invalid_request_error", "invalid_value"),
    /** A field or value of the API that this version does not honour (yet). */
    UNSUPPORTED(Category.CALLER, 400, "invalid_request_error", "unsupported_parameter"),
    CONTEXT_LENGTH_EXCEEDED(Category.CALLER, 400, "invalid_request_error", "context_length_exceeded"),
    INVALID_API_KEY(Category.CALLER, 401, "authentication_error", "invalid_api_key"),
    KEY_REVOKED(Category.CALLER, 403, "permission_error", "key_revoked"),
    ACCOUNT_DISABLED(Category.CALLER, 403, "permission_error", "account_disabled"),
    /** A management key infers nothing, an inference key administers nothing. */
    KEY_NOT_FOR_THIS(Category.CALLER, 403, "permission_error", "wrong_key_kind"),
    ROUTE_NOT_ALLOWED(Category.CALLER, 403, "permission_error", "route_not_allowed"),
    ADDRESS_NOT_ALLOWED(Category.CALLER, 403, "permission_error", "address_not_allowed"),
    MODEL_NOT_ALLOWED(Category.CALLER, 403, "permission_error", "model_not_allowed"),
    ORIGIN_NOT_ALLOWED(Category.CALLER, 403, "permission_error", "origin_not_allowed"),
    /** A channel that was switched off. */
    SITE_DISABLED(Category.CALLER, 403, "permission_error", "site_disabled"),
    MODEL_NOT_FOUND(Category.CALLER, 404, "invalid_request_error", "model_not_found"),
    NOT_FOUND(Category.CALLER, 404, "invalid_request_error", "not_found"),
    METHOD_NOT_ALLOWED(Category.CALLER, 405, "invalid_request_error", "method_not_allowed"),
    /** The body did not arrive in time. */
    REQUEST_TIMEOUT(Category.CALLER, 408, "invalid_request_error", "request_timeout"),
    /** It does not go together with what is there. */
    CONFLICT(Category.CALLER, 409, "invalid_request_error", "conflict"),
    /** An idempotency key that another body came with, or whose first request is still running. */
    IDEMPOTENCY_CONFLICT(Category.CALLER, 409, "invalid_request_error", "idempotency_conflict"),
    INPUT_TOO_LARGE(Category.CALLER, 413, "invalid_request_error", "input_too_large"),
    URI_TOO_LONG(Category.CALLER, 414, "invalid_request_error", "uri_too_long"),
    UNSUPPORTED_MEDIA_TYPE(Category.CALLER, 415, "invalid_request_error", "unsupported_media_type"),
    EXPECTATION_FAILED(Category.CALLER, 417, "invalid_request_error", "expectation_failed"),
    HEADERS_TOO_LARGE(Category.CALLER, 431, "invalid_request_error", "headers_too_large"),
    /** The caller closed its connection before the answer: nobody reads this status, metrics and logs count it. */
    CLIENT_CLOSED(Category.CALLER, 499, "invalid_request_error", "client_closed_request"),
    BUDGET_EXCEEDED(Category.LIMITS, 402, "insufficient_quota", "budget_exceeded"),
    RATE_LIMIT_EXCEEDED(Category.LIMITS, 429, "rate_limit_error", "rate_limit_exceeded"),
    DAILY_LIMIT_REACHED(Category.LIMITS, 429, "rate_limit_error", "daily_limit_reached"),
    QUEUE_FULL(Category.LIMITS, 429, "rate_limit_error", "queue_full"),
    SERVER_ERROR(Category.OURS, 500, "server_error", "internal_error"),
    /** The runner failed, and failed again when the request was tried once more. */
    UPSTREAM_ERROR(Category.OURS, 502, "server_error", "upstream_error"),
    MODEL_UNAVAILABLE(Category.OURS, 503, "server_error", "model_unavailable"),
    /** Accounts, limits or balances cannot be looked up: nobody is let in on trust. */
    LEDGER_UNAVAILABLE(Category.OURS, 503, "server_error", "ledger_unavailable");

    private final Category category;
    private final int status;
    private final String type;
    private final String code;

    ErrorKind(Category category, int status, String type, String code) {
        this.category = category;
        this.status = status;
        this.type = type;
        this.code = code;
    }

    /** Whose doing it is. */
    public Category category() {
        return category;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** {@code error.type}. */
    public String type() {
        return type;
    }

    /** {@code error.code}; also the metric label. */
    public String code() {
        return code;
    }

    /** Whose doing an error is. */
    public enum Category {
        /** The caller can fix the request. */
        CALLER,
        /** The caller can wait, or be given more. */
        LIMITS,
        /** We failed; the caller may retry. */
        OURS
    }
}
