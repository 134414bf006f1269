package org.carafe.server.cli;

import org.carafe.models.hub.DownloadProgress;
import org.carafe.server.console.Progress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A download on stderr: a bar on a terminal, lines elsewhere. */
final class DownloadBar implements DownloadProgress, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DownloadBar.class);

    private @Nullable Progress progress;
    private long total;

    @Override
    public void started(String model, long bytesDone, long bytesTotal) {
        LOG.info(
                "downloading {}: {} MB{}",
                model,
                bytesTotal / 1_000_000,
                bytesDone > 0 ? ", " + bytesDone / 1_000_000 + " of them are here" : "");
        total = bytesTotal;
        progress = Progress.of("download", Progress.Unit.BYTES, bytesTotal);
        progress.at(bytesDone, bytesTotal);
    }

    @Override
    public void advanced(long bytesDone) {
        if (progress != null) {
            progress.at(bytesDone, total);
        }
    }

    @Override
    public void waiting(String model) {
        LOG.info("another process downloads {}; waiting for it", model);
    }

    @Override
    public void finished() {
        close();
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
