package org.carafe.server.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** A process in which C's exit handlers, as the destructors of a native library are, end badly. Told by signals to end. */
final class LastWords {
    private LastWords() {}

    public static void main(String[] arguments) throws Throwable {
        abortAtExit();
        Shutdown shutdown = Shutdown.onSignals();
        if (arguments[0].equals("serving")) {
            shutdown.ready();
        }
        System.out.println("up");
        shutdown.await(60_000);
        System.out.println("asked");
        Thread.sleep(60_000);
    }

    @SuppressWarnings("restricted")
    private static void abortAtExit() throws Throwable {
        Linker linker = Linker.nativeLinker();
        SymbolLookup libc = linker.defaultLookup();
        int refused = (int) linker.downcallHandle(
                        libc.findOrThrow("__cxa_atexit"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                .invokeExact(libc.findOrThrow("abort"), MemorySegment.NULL, MemorySegment.NULL);
        if (refused != 0) {
            throw new IllegalStateException("no exit handler can be registered");
        }
    }
}
