package org.carafe.server.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at once. {@link Runtime#halt} skips Java's shutdown hooks but runs C's: the destructors of libtorch's globals, under
 * the threads that still compute with them. Of six such ends during a long prompt's step, two were crashes.
 */
final class ProcessEnd {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

    private ProcessEnd() {}

    /** Does not return. */
    static void now(int exitCode) {
        try {
            exit(exitCode);
        } catch (Throwable e) {
            LOG.debug("_exit", e);
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /** POSIX's {@code _exit}: no handlers, no destructors. Returns where there is none. */
    @SuppressWarnings("restricted")
    private static void exit(int exitCode) throws Throwable {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> address = linker.defaultLookup().find("_exit");
        if (address.isPresent()) {
            MethodHandle exit = linker.downcallHandle(address.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
            exit.invokeExact(exitCode);
        }
    }
}
