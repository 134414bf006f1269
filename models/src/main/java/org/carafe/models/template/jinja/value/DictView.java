package org.carafe.models.template.jinja.value;

/** What {@code dict.keys()}, {@code .values()} and {@code .items()} return: sized and iterable again and again, not indexable. */
public record DictView(DictValue dict, Kind kind) implements Value {
    /** Which side of the dict it shows. */
    public enum Kind {
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }
    }

    Value project(DictValue.Entry entry) {
        return switch (kind) {
            case KEYS -> entry.key();
            case VALUES -> entry.value();
            case ITEMS -> TupleValue.of(entry.key(), entry.value());
        };
    }

    @Override
    public String typeName() {
        return kind.typeName;
    }

    @Override
    public boolean truth() {
        return dict.truth();
    }
}
