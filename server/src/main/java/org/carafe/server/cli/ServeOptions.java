package org.carafe.server.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.carafe.server.auth.Door;
import org.carafe.server.auth.IpRange;
import org.carafe.server.cli.options.DataOptions;
import org.carafe.server.cli.options.Values.Reading;
import org.carafe.server.cli.options.Values.ToDuration;
import org.carafe.server.config.SettingException;
import org.carafe.server.http.HttpSettings;
import org.carafe.server.limits.LimitsPlace;
import org.carafe.server.loading.ModelSettings;
import org.carafe.server.loading.RunnerChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every setting of {@code serve}; a configuration file has the same names. {@link #check()} holds the ranges. */
@Command
final class ServeOptions {
    private static final Duration DRAIN_MAX = Duration.ofHours(24);

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
    private int port;

    @Option(
            names = "--runner",
            paramLabel = "RUNNER",
            defaultValue = "auto",
            description = "What runs the model: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    RunnerChoice runner = RunnerChoice.auto;

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final TrafficOptions traffic = new TrafficOptions();

    @Mixin
    DataOptions ledger = new DataOptions();

    @Option(
            names = "--auth",
            paramLabel = "on|off",
            description =
                    "Whether requests need a key (default: on as soon as the ledger has one, with --api-key-file, and"
                            + " on addresses that other machines reach).")
    private @Nullable Switch auth;

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "Keys that are let in, one a line.")
    @Nullable
    Path apiKeyFile;

    @Option(
            names = "--api-key-in-query",
            paramLabel = "on|off",
            defaultValue = "on",
            description = "Whether a key may also stand in the query, as ?api_key=KEY (default: ${DEFAULT-VALUE}).")
    private Switch apiKeyInQuery = Switch.on;

    @Option(
            names = "--metrics-key",
            paramLabel = "on|off",
            defaultValue = "off",
            description = "Whether /metrics asks for a key too: it names accounts (default: ${DEFAULT-VALUE}).")
    private Switch metricsKey = Switch.off;

    @Option(
            names = "--trusted-proxies",
            paramLabel = "CIDR,CIDR",
            converter = ToProxies.class,
            description = "Reverse proxies whose X-Forwarded-For tells who calls, for keys that are limited to"
                    + " addresses (default: none).")
    private Proxies trustedProxies = new Proxies(List.of());

    @Option(
            names = "--limits",
            paramLabel = "PLACE",
            defaultValue = "local",
            converter = ToLimitsPlace.class,
            description =
                    "Where limits of a minute are counted: local (this process), database (servers on one PostgreSQL"
                            + " together) or redis://HOST:PORT (default: local).")
    LimitsPlace limits = new LimitsPlace.Local();

    @Option(
            names = "--unknown-fields",
            paramLabel = "reject|ignore",
            defaultValue = "reject",
            description = "What happens to request fields that Carafe does not know (default: ${DEFAULT-VALUE}).")
    private UnknownFields unknownFields = UnknownFields.reject;

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = ToDuration.class,
            description = "How long running requests may go on after SIGTERM (default: ${DEFAULT-VALUE}).")
    Duration drainTimeout = Duration.ZERO;

    @Option(
            names = "--synthetic-rate",
            paramLabel = "TOKENS_PER_SECOND",
            defaultValue = "0",
            description =
                    "Speed of each sequence of the synthetic runner; 0: as fast as it goes (default: ${DEFAULT-VALUE}).")
    private double syntheticRate;

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
        if (drainTimeout.compareTo(DRAIN_MAX) > 0) {
            throw new SettingException("--drain-timeout must be at most 24h, not " + drainTimeout.toHours() + "h");
        }
        if (servedName != null
                && (servedName.isBlank() || servedName.length() > 200 || !servedName.equals(servedName.strip()))) {
            throw new SettingException("--served-name must be 1 to 200 characters without blanks around them");
        }
        traffic.check();
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
        HttpSettings.UnknownFields unknown = unknownFields == UnknownFields.ignore
                ? HttpSettings.UnknownFields.IGNORE
                : HttpSettings.UnknownFields.REJECT;
        return traffic.over(HttpSettings.defaults())
                .at(host, port)
                .with(new HttpSettings.Rules(
                        unknown, apiKeyInQuery == Switch.on, metricsKey == Switch.on, trustedProxies.ranges()));
    }

    /** How to load the model; throws where a value is out of its range. */
    ModelSettings modelSettings() {
        return engine.settings(runner, syntheticRate);
    }

    /** All that one flag names: another one, such as over a file's, takes their place. */
    private record Proxies(List<IpRange> ranges) {}

    /** {@code 10.0.0.5,192.168.7.0/24}. */
    static final class ToProxies extends Reading<Proxies> {
        ToProxies() {
            super(ToProxies::all);
        }

        private static Proxies all(String value) {
            return new Proxies(
                    Arrays.stream(value.split(",", -1)).map(ToProxies::some).toList());
        }

        private static IpRange some(String value) {
            IpRange range = IpRange.parse(value);
            if (range.bits() == 0) {
                throw new SettingException("'" + value + "' is everybody: whoever calls could say who they are");
            }
            return range;
        }
    }

    /** {@code redis://HOST:PORT}. */
    static final class ToLimitsPlace extends Reading<LimitsPlace> {
        ToLimitsPlace() {
            super(LimitsPlace::parse);
        }
    }
}
