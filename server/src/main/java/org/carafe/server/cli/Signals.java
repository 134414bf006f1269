package org.carafe.server.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signal handlers. The JDK's only door is {@code sun.misc.Signal}, whose use javac warns of and cannot be told not to; so it is
 * opened by reflection. A shutdown hook would not do: it cannot tell a second Ctrl-C from the first, nor choose the exit code.
 */
final class Signals {
    private Signals() {}

    /** Calls an action, on a thread of its own, each time the process gets that signal ({@code TERM}, {@code INT}). */
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> arguments.length == 1 && proxy == arguments[0];
                default -> "handler of SIG" + name;
            };
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, call);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled on this JVM", e);
        }
    }
}
