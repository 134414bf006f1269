package org.carafe.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.carafe.server.catalogue.Catalogue;
import org.carafe.server.catalogue.CatalogueFile;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.catalogue.DiskModels;
import org.carafe.server.config.SettingException;
import org.jspecify.annotations.Nullable;

/** What a server offers, and what of it the model to serve is. */
record Offer(Catalogue catalogue) {
    private static final String FILE = "models.yaml";
    private static final String DIRECTORY = "models";

    /**
     * Reads the catalogue and the directory of models.
     *
     * @param data the data directory; its {@code models.yaml} and {@code models} are looked at where nothing else is named
     * @throws SettingException one line for the user: a file that is no catalogue, a directory that was named and is none
     */
    static Offer read(Path data, @Nullable Path file, @Nullable Path directory) {
        if (directory != null && !Files.isDirectory(directory)) {
            throw new SettingException("--models-dir " + directory + ": no such directory");
        }
        Path usual = data.resolve(FILE);
        Catalogue catalogue = file != null
                ? CatalogueFile.read(file)
                : Files.exists(usual) ? CatalogueFile.read(usual) : CatalogueFile.builtIn();
        return new Offer(catalogue.and(DiskModels.in(directory == null ? data.resolve(DIRECTORY) : directory)));
    }

    /** What to load for {@code --model}: the checkpoint of the catalogue's model of that name, else what was asked for. */
    @Nullable
    String checkpointOf(@Nullable String asked) {
        if (asked == null || Files.exists(Path.of(asked))) {
            return asked;
        }
        return catalogue.find(asked).map(CatalogueModel::checkpoint).orElse(asked);
    }

    /** The catalogue's model that is served: the one of that name, or, where none was chosen, of that checkpoint. */
    Optional<CatalogueModel> entryOf(
            @Nullable String chosenName, ModelSource.Found found, @Nullable String checkpoint) {
        return chosenName != null
                ? catalogue.find(chosenName)
                : catalogue.find(found.name()).or(() -> catalogue.from(checkpoint));
    }
}
