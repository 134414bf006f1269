package org.carafe.server.http;

/** Paths of routes as Javalin spells them: {@code {name}} is one segment, {@code <name>} the rest. */
final class PathPattern {
    private PathPattern() {}

    /** True if a path that was asked for is one of the pattern's. */
    static boolean matches(String path, String asked) {
        // Javalin matches with or without a slash at the end.
        String given = asked.length() > 1 && asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
        String[] wanted = path.split("/", -1);
        String[] found = given.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (i == found.length) {
                return false;
            }
            if (wanted[i].startsWith("<")) {
                return !found[i].isEmpty() || i + 1 < found.length;
            }
            boolean named = wanted[i].startsWith("{") ? !found[i].isEmpty() : wanted[i].equals(found[i]);
            if (!named) {
                return false;
            }
        }
        return wanted.length == found.length;
    }
}
