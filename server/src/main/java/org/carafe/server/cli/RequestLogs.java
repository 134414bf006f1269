package org.carafe.server.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import org.carafe.server.requestlog.RequestLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The request log that the settings ask for. */
final class RequestLogs {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLogs.class);
    private static final String FILE = "requests.jsonl";

    private RequestLogs() {}

    static RequestLog open(ServeOptions options, Path data, PrintStream stdout) {
        String asked = options.requestLog == null ? data.resolve(FILE).toString() : options.requestLog;
        if (options.demo || asked.equals("off")) {
            return RequestLog.off();
        }
        if (options.logPrompts == ServeOptions.Switch.on) {
            LOG.warn("prompts and answers are written to the request log ({}), as --log-prompts on says", asked);
        }
        return asked.equals("-") ? RequestLog.to(stdout) : RequestLog.to(Path.of(asked));
    }
}
