package org.carafe.server.requestlog;

import java.io.IOException;
import java.io.OutputStream;

/** Where lines go. Used by the writer's thread alone. */
interface LogTarget extends AutoCloseable {
    /** Writes whole lines, or throws and leaves none of them half. */
    void write(byte[] lines) throws IOException;

    @Override
    void close() throws IOException;

    /** A stream of the process, which stays open. */
    static LogTarget of(OutputStream out) {
        return new LogTarget() {
            @Override
            public void write(byte[] lines) throws IOException {
                out.write(lines);
                out.flush();
            }

            @Override
            public void close() {}
        };
    }
}
