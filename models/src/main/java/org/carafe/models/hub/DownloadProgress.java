package org.carafe.models.hub;

/** Told how a download goes on; calls come from one thread, at most some dozens a second. */
public interface DownloadProgress {
    /** A model's download begins, or goes on: {@code bytesDone} of {@code bytesTotal} are there already. */
    void started(String model, long bytesDone, long bytesTotal);

    /** So many bytes are there now. */
    void advanced(long bytesDone);

    /** Another process downloads the same model; this one waits for it. */
    void waiting(String model);

    /** All files are there and verified. */
    void finished();

    /** Tells nobody. */
    DownloadProgress SILENT = new DownloadProgress() {
        @Override
        public void started(String model, long bytesDone, long bytesTotal) {}

        @Override
        public void advanced(long bytesDone) {}

        @Override
        public void waiting(String model) {}

        @Override
        public void finished() {}
    };
}
