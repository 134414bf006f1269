package org.carafe.server.loading;

/** Told of each weight that is in place, by the loading thread. */
@FunctionalInterface
public interface LoadProgress {
    /** Hears nothing. */
    LoadProgress SILENT = (bytes, bytesTotal) -> {};

    void loaded(long bytes, long bytesTotal);
}
