package org.carafe.server.serving;

import java.util.List;
import org.carafe.server.auth.Principal;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.jspecify.annotations.Nullable;

/** The models that are served, as a caller sees them. Thread-safe. */
public final class ModelCatalog {
    private volatile List<ServedModel> models = List.of();

    /** Replaces the list. */
    public void serve(List<ServedModel> served) {
        models = List.copyOf(served);
    }

    /** All, whoever asks; for probes and metrics. */
    public List<ServedModel> all() {
        return models;
    }

    /** Those that a caller may use. */
    public List<ServedModel> visibleTo(Principal principal) {
        return models.stream().filter(model -> principal.mayUse(model.name())).toList();
    }

    /**
     * A model by its id, or the first one where none is named.
     *
     * @throws ApiException {@code MODEL_NOT_FOUND}, {@code MODEL_NOT_ALLOWED}
     */
    public ServedModel require(@Nullable String name, Principal principal) {
        for (ServedModel model : models) {
            if (name == null || model.name().equals(name)) {
                if (!principal.mayUse(model.name())) {
                    throw new ApiException(
                            ErrorKind.MODEL_NOT_ALLOWED,
                            "This key may not use the model '" + model.name() + "'.",
                            "model");
                }
                return model;
            }
        }
        String asked = name == null ? "" : shortened(name);
        String served = String.join(
                ", ", visibleTo(principal).stream().map(ServedModel::name).toList());
        throw new ApiException(
                ErrorKind.MODEL_NOT_FOUND,
                "The model '" + asked + "' does not exist here. Served: " + (served.isEmpty() ? "none" : served) + ".",
                "model");
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }
}
