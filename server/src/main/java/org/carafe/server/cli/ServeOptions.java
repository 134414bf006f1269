package org.carafe.server.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.carafe.server.auth.Door;
import org.carafe.server.cli.admin.DataOptions;
import org.carafe.server.config.ByteSize;
import org.carafe.server.config.SettingException;
import org.carafe.server.config.TimeSpan;
import org.carafe.server.http.HttpSettings;
import org.carafe.server.limits.LimitsPlace;
import org.carafe.server.loading.ModelSettings;
import org.carafe.server.loading.NumericType;
import org.carafe.server.loading.RunnerChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Every setting of {@code serve}; a configuration file has the same names. {@link #check()} holds the ranges. */
@Command
final class ServeOptions {
    private static final Duration TIME_MAX = Duration.ofHours(24);
    private static final long BODY_BYTES_MIN = 1 << 10;
    private static final long BODY_BYTES_MAX = 256 << 20;
    private static final int CONNECTIONS_MAX = 1_000_000;

    enum Switch {
        on,
        off
    }

    enum UnknownFields {
        reject,
        ignore
    }

    @Option(
            names = "--model",
            paramLabel = "DIR_OR_HUB_ID",
            description =
                    "A checkpoint directory, a .gguf file, or a model of the hub such as HuggingFaceTB/SmolLM2-360M-Instruct"
                            + " (that one when nothing is said).")
    @Nullable
    String model;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "The name that requests use (default: the model's own).")
    @Nullable
    String servedName;

    @Option(
            names = "--catalogue",
            paramLabel = "FILE",
            description = "The models on offer, with their limits and first prices (default: models.yaml in the data"
                    + " directory where it exists, else five well-known ones).")
    @Nullable
    Path catalogue;

    @Option(
            names = "--models-dir",
            paramLabel = "DIR",
            description = "Checkpoints to list beside the catalogue's models (default: models in the data directory).")
    @Nullable
    Path modelsDirectory;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--runner",
            paramLabel = "RUNNER",
            defaultValue = "auto",
            description = "What runs the model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    RunnerChoice runner = RunnerChoice.auto;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "cpu, cuda or cuda:N (default: auto, a GPU where PyTorch sees one).")
    String device = "";

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description =
                    "Numeric type of the weights: ${COMPLETION-CANDIDATES} (default: auto, the checkpoint's own).")
    NumericType dtype = NumericType.auto;

    @Option(
            names = "--max-context",
            paramLabel = "TOKENS",
            description = "Longest sequence, prompt and answer (default: the model's, as far as KV memory holds it).")
    @Nullable
    Integer contextTokensMax;

    @Option(
            names = "--max-seqs",
            paramLabel = "N",
            defaultValue = "64",
            description = "Sequences that run at once (default: ${DEFAULT-VALUE}).")
    int sequencesMax;

    @Option(
            names = "--kv-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Memory of the KV cache, such as 4GiB (default: a share of what is free).")
    @Nullable
    ByteSize kvMemory;

    @Option(
            names = "--prefill-chunk",
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Most tokens of one step (default: ${DEFAULT-VALUE}).")
    int prefillChunkTokens;

    @Option(
            names = "--queue-size",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Requests that may wait; more get a 429 (default: ${DEFAULT-VALUE}).")
    int queueSize;

    @Option(
            names = "--queue-timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "How long a request may wait for its place; then it gets a 503 (default: as long as it takes).")
    @Nullable
    Duration queueTimeout;

    @Option(
            names = "--body-max",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            converter = ByteSizeConverter.class,
            description = "Largest body of a request; a larger one gets a 413 (default: ${DEFAULT-VALUE}).")
    ByteSize bodyMax = new ByteSize(0);

    @Option(
            names = "--connections-max",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Open connections; more wait in the system's backlog (default: ${DEFAULT-VALUE}).")
    int connectionsMax;

    @Mixin
    DataOptions ledger = new DataOptions();

    @Option(
            names = "--auth",
            paramLabel = "on|off",
            description =
                    "Whether requests need a key (default: on as soon as the ledger has one, with --api-key-file, and"
                            + " on addresses that other machines reach).")
    @Nullable
    Switch auth;

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "Keys that are let in, one a line.")
    @Nullable
    Path apiKeyFile;

    @Option(
            names = "--api-key-in-query",
            paramLabel = "on|off",
            defaultValue = "on",
            description = "Whether a key may also stand in the query, as ?api_key=KEY (default: ${DEFAULT-VALUE}).")
    Switch apiKeyInQuery = Switch.on;

    @Option(
            names = "--metrics-key",
            paramLabel = "on|off",
            defaultValue = "off",
            description = "Whether /metrics asks for a key too: it names accounts (default: ${DEFAULT-VALUE}).")
    Switch metricsKey = Switch.off;

    @Option(
            names = "--limits",
            paramLabel = "PLACE",
            defaultValue = "local",
            converter = LimitsPlaceConverter.class,
            description =
                    "Where limits of a minute are counted: local (this process), database (servers on one PostgreSQL"
                            + " together) or redis://HOST:PORT (default: local).")
    LimitsPlace limits = new LimitsPlace.Local();

    @Option(
            names = "--unknown-fields",
            paramLabel = "reject|ignore",
            defaultValue = "reject",
            description = "What happens to request fields that Carafe does not know (default: ${DEFAULT-VALUE}).")
    UnknownFields unknownFields = UnknownFields.reject;

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = TimeConverter.class,
            description = "How long running requests may go on after SIGTERM (default: ${DEFAULT-VALUE}).")
    Duration drainTimeout = Duration.ZERO;

    @Option(
            names = "--synthetic-rate",
            paramLabel = "TOKENS_PER_SECOND",
            defaultValue = "0",
            description =
                    "Speed of each sequence of the synthetic runner; 0: as fast as it goes (default: ${DEFAULT-VALUE}).")
    double syntheticRate;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description =
                    "What is logged on stderr: ${COMPLETION-CANDIDATES}; debug has a line a request (default: ${DEFAULT-VALUE}).")
    LogLevel logLevel = LogLevel.info;

    /** Serve the bundled demo, whatever {@link #model} says. */
    boolean demo;

    @Option(
            names = "--request-log",
            paramLabel = "FILE|-|off",
            description = "Where each answered request becomes a line of JSON; - is stdout"
                    + " (default: requests.jsonl in the data directory).")
    @Nullable
    String requestLog;

    @Option(
            names = "--log-prompts",
            paramLabel = "on|off",
            defaultValue = "off",
            description = "Whether the request log holds prompts and answers too (default: ${DEFAULT-VALUE}).")
    Switch logPrompts = Switch.off;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file of these settings, without their dashes; flags win over it.")
    @Nullable
    Path config;

    /** The bundled demo on a free port of the loopback interface, with a ledger in {@code data}. */
    static ServeOptions demo(RunnerChoice runner, Path data) {
        ServeOptions options = new ServeOptions();
        new CommandLine(options).parseArgs("--port=0", "--runner=" + runner, "--max-seqs=4", "--device=cpu");
        options.demo = true;
        options.ledger = DataOptions.in(data);
        return options;
    }

    /** Checks what one option's syntax cannot: ranges, and options that need each other. */
    void check() {
        if (port < 0 || port > 65_535) {
            throw new SettingException("--port must be between 0 and 65535, not " + port);
        }
        if (drainTimeout.compareTo(TIME_MAX) > 0) {
            throw new SettingException("--drain-timeout must be at most 24h, not " + drainTimeout.toHours() + "h");
        }
        if (servedName != null
                && (servedName.isBlank() || servedName.length() > 200 || !servedName.equals(servedName.strip()))) {
            throw new SettingException("--served-name must be 1 to 200 characters without blanks around them");
        }
        if (queueTimeout != null && (queueTimeout.isZero() || queueTimeout.compareTo(TIME_MAX) > 0)) {
            throw new SettingException(
                    "--queue-timeout must be between 1ms and 24h, not " + queueTimeout.toMillis() + "ms");
        }
        if (bodyMax.bytes() < BODY_BYTES_MIN || bodyMax.bytes() > BODY_BYTES_MAX) {
            throw new SettingException("--body-max must be between 1KiB and 256MiB, not " + bodyMax);
        }
        if (connectionsMax < 1 || connectionsMax > CONNECTIONS_MAX) {
            throw new SettingException(
                    "--connections-max must be between 1 and " + CONNECTIONS_MAX + ", not " + connectionsMax);
        }
        checkAuth();
        modelSettings();
    }

    private void checkAuth() {
        if (auth == Switch.off && apiKeyFile != null) {
            throw new SettingException("--auth off and --api-key-file contradict each other");
        }
    }

    /** Who is let in without a key. */
    Door door() {
        if (auth != null) {
            return auth == Switch.on ? Door.SHUT : Door.OPEN;
        }
        return HttpSettings.isLocal(host) ? Door.OPEN_UNTIL_KEYS : Door.SHUT;
    }

    /** The HTTP side. */
    HttpSettings httpSettings() {
        HttpSettings defaults = HttpSettings.defaults();
        HttpSettings.UnknownFields unknown = unknownFields == UnknownFields.ignore
                ? HttpSettings.UnknownFields.IGNORE
                : HttpSettings.UnknownFields.REJECT;
        return defaults.at(host, port)
                .with(defaults.limits().with((int) bodyMax.bytes(), connectionsMax))
                .with(defaults.timeouts().withQueueMillis(queueTimeout == null ? 0 : queueTimeout.toMillis()))
                .with(new HttpSettings.Rules(unknown, apiKeyInQuery == Switch.on, metricsKey == Switch.on));
    }

    /** How to load the model; throws where a value is out of its range. */
    ModelSettings modelSettings() {
        return new ModelSettings(
                runner,
                device,
                dtype,
                contextTokensMax == null ? OptionalInt.empty() : OptionalInt.of(contextTokensMax),
                sequencesMax,
                kvMemory == null ? OptionalLong.empty() : OptionalLong.of(kvMemory.bytes()),
                prefillChunkTokens,
                queueSize,
                syntheticRate);
    }

    /** {@code 4GiB}. */
    static final class ByteSizeConverter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String value) {
            try {
                return ByteSize.parse(value);
            } catch (SettingException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code redis://HOST:PORT}. */
    static final class LimitsPlaceConverter implements ITypeConverter<LimitsPlace> {
        @Override
        public LimitsPlace convert(String value) {
            try {
                return LimitsPlace.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code 30s}. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return TimeSpan.parse(value);
            } catch (SettingException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
