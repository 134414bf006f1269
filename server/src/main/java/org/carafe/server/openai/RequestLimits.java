package org.carafe.server.openai;

/** Limits of request fields; {@code docs/api.md} and the OpenAPI document list them. */
public final class RequestLimits {
    public static final int MODEL_CHARS_MAX = 256;
    public static final int MESSAGES_MAX = 4096;
    public static final int PARTS_MAX = 1024;
    public static final int TOOL_CALLS_MAX = 128;
    public static final int TOOLS_MAX = 128;
    public static final int TOOL_VALUES_MAX = 4096;
    public static final int TOOL_CHARS_MAX = 1 << 20;
    public static final int NAME_CHARS_MAX = 256;
    public static final int USER_CHARS_MAX = 512;
    public static final int METADATA_MAX = 16;
    public static final int METADATA_KEY_CHARS_MAX = 64;
    public static final int METADATA_VALUE_CHARS_MAX = 512;
    public static final int STOPS_MAX = 16;
    public static final int STOP_CHARS_MAX = 512;
    public static final int STOP_TOKEN_IDS_MAX = 64;
    public static final int LOGIT_BIAS_MAX = 1024;
    public static final double LOGIT_BIAS_ABS_MAX = 100;
    public static final double TEMPERATURE_MAX = 2;
    public static final double PENALTY_ABS_MAX = 2;
    public static final double REPETITION_PENALTY_MIN = 0.01;
    public static final double REPETITION_PENALTY_MAX = 10;
    public static final int LOGPROBS_MAX = 20;
    /** Sequences of one request: prompts times best_of. */
    public static final int SEQUENCES_MAX = 128;

    public static final int BEST_OF_MAX = 20;
    public static final int PRIORITY_ABS_MAX = 100;
    public static final int TEMPLATE_KWARGS_MAX = 32;
    public static final int TEMPLATE_KWARGS_VALUES_MAX = 512;
    public static final int TEMPLATE_KWARGS_CHARS_MAX = 16_384;
    /** Bound for counts of tokens before a model's own limit is known. */
    public static final int TOKENS_MAX = 16_777_216;

    private RequestLimits() {}
}
