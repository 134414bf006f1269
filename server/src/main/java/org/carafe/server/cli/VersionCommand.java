package org.carafe.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code carafe version}: the build and the Java that runs it. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
    private static final String RESOURCE = "/org/carafe/server/version.properties";

    @Override
    public Integer call() {
        System.out.println(getVersion()[0]);
        return CarafeCommand.EXIT_OK;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"carafe " + version() + " (Java " + Runtime.version() + ")"};
    }

    /** The project version that Maven wrote into the build. */
    static String version() {
        try (InputStream in = VersionCommand.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the build");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read", e);
        }
    }
}
