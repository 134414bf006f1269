package org.carafe.server.serving;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.carafe.server.auth.Principal;
import org.carafe.server.catalogue.Catalogue;
import org.carafe.server.catalogue.CatalogueModel;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** The models that are served, and those of the catalogue that could be, as a caller sees them. Thread-safe. */
public final class ModelCatalog {
    private volatile List<ServedModel> models = List.of();
    private volatile Offer offer = new Offer(Catalogue.EMPTY, Instant.EPOCH);

    private record Offer(Catalogue catalogue, Instant since) {}

    /**
     * A model as it is listed.
     *
     * @param served null: it is not loaded here
     * @param entry null: it is in no catalogue; one of both is there
     * @param created when it was loaded, or the catalogue read
     */
    public record Listed(
            String id,
            @Nullable ServedModel served,
            @Nullable CatalogueModel entry,
            Instant created) {}

    /** Replaces the list. */
    public void serve(List<ServedModel> served) {
        models = List.copyOf(served);
    }

    /** Lists these too. */
    public void offer(Catalogue catalogue, Instant since) {
        offer = new Offer(catalogue, since);
    }

    /** All that are loaded, whoever asks; for probes and metrics. */
    public List<ServedModel> all() {
        return models;
    }

    /** Those that a caller may use: the loaded ones first, then the rest of the catalogue. */
    public List<Listed> visibleTo(Principal principal) {
        List<Listed> listed = new ArrayList<>();
        List<ServedModel> loaded = models;
        Offer offered = offer;
        for (ServedModel model : loaded) {
            if (mayUse(principal, model.name(), model.entry())) {
                listed.add(new Listed(model.name(), model, model.entry(), model.created()));
            }
        }
        for (CatalogueModel entry : offered.catalogue().models()) {
            if (loaded.stream().noneMatch(model -> entry.equals(model.entry()))
                    && mayUse(principal, entry.id(), entry)) {
                listed.add(new Listed(entry.id(), null, entry, offered.since()));
            }
        }
        return listed;
    }

    /** A model that a caller may use, by its id or an alias. */
    public Optional<Listed> visible(String name, Principal principal) {
        return visibleTo(principal).stream()
                .filter(model -> model.id().equals(name)
                        || (model.entry() != null && model.entry().isCalled(name)))
                .findFirst();
    }

    private static boolean mayUse(Principal principal, String id, @Nullable CatalogueModel entry) {
        return principal.mayUse(id)
                || (entry != null
                        && (principal.mayUse(entry.id())
                                || entry.aliases().stream().anyMatch(principal::mayUse)));
    }

    /**
     * A loaded model by its id or an alias, or the first one where none is named.
     *
     * @throws ApiException {@code MODEL_NOT_FOUND}, {@code MODEL_NOT_ALLOWED}, {@code MODEL_UNAVAILABLE} where the catalogue has it and
     *     this server has not loaded it
     */
    public ServedModel require(@Nullable String name, Principal principal) {
        for (ServedModel model : models) {
            if (name == null || model.isCalled(name)) {
                if (!mayUse(principal, model.name(), model.entry())) {
                    throw notAllowed(model.name());
                }
                return model;
            }
        }
        String asked = name == null ? "" : shortened(name);
        Optional<CatalogueModel> entry =
                name == null ? Optional.empty() : offer.catalogue().find(name);
        if (entry.isPresent()) {
            if (!mayUse(principal, entry.get().id(), entry.get())) {
                throw notAllowed(asked);
            }
            throw new ApiException(
                    ErrorKind.MODEL_UNAVAILABLE,
                    "The model '" + asked + "' is in the catalogue, but this server has not loaded it. Loaded: "
                            + loaded(principal) + ".",
                    "model");
        }
        throw new ApiException(
                ErrorKind.MODEL_NOT_FOUND,
                "The model '" + asked + "' does not exist here. Served: " + loaded(principal) + ".",
                "model");
    }

    private String loaded(Principal principal) {
        String names = String.join(
                ", ",
                models.stream()
                        .filter(model -> mayUse(principal, model.name(), model.entry()))
                        .map(ServedModel::name)
                        .toList());
        return names.isEmpty() ? "none" : names;
    }

    private static ApiException notAllowed(String name) {
        return new ApiException(ErrorKind.MODEL_NOT_ALLOWED, "This key may not use the model '" + name + "'.", "model");
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }
}
