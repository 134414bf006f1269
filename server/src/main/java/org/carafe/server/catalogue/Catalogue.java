package org.carafe.server.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The models on offer, in the catalogue's order; every id and alias means one of them. Immutable. */
public final class Catalogue {
    /** Nothing on offer but what is loaded. */
    public static final Catalogue EMPTY = new Catalogue(List.of());

    private final List<CatalogueModel> models;
    private final Map<String, CatalogueModel> byName = new HashMap<>();

    /** @throws IllegalArgumentException two models share an id or alias */
    public Catalogue(List<CatalogueModel> models) {
        this.models = List.copyOf(models);
        for (CatalogueModel model : models) {
            for (String name : names(model)) {
                CatalogueModel other = byName.putIfAbsent(name, model);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "'" + name + "' names both " + other.id() + " and " + model.id());
                }
            }
        }
    }

    private static Set<String> names(CatalogueModel model) {
        Set<String> names = new HashSet<>(model.aliases());
        names.add(model.id());
        return names;
    }

    /** All, in order. */
    public List<CatalogueModel> models() {
        return models;
    }

    /** The model that an id or alias means. */
    public Optional<CatalogueModel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The first model with this checkpoint. */
    public Optional<CatalogueModel> from(@Nullable String checkpoint) {
        return models.stream()
                .filter(model -> checkpoint != null && model.isFrom(checkpoint))
                .findFirst();
    }

    /** With these too, but for those whose names are taken. */
    public Catalogue and(List<CatalogueModel> others) {
        List<CatalogueModel> all = new ArrayList<>(models);
        Set<String> taken = new HashSet<>(byName.keySet());
        for (CatalogueModel other : others) {
            if (names(other).stream().noneMatch(taken::contains)) {
                all.add(other);
                taken.addAll(names(other));
            }
        }
        return new Catalogue(all);
    }
}
