package org.carafe.models.template.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code namespace(...)} makes: the one thing whose attributes a template may set. */
public final class Namespace extends ObjectValue {
    private final Map<String, DictValue.Entry> attributes = new LinkedHashMap<>();

    public void set(Text name, Value value) {
        attributes.put(name.chars(), new DictValue.Entry(name, value));
    }

    @Override
    public @Nullable Value attribute(String name) {
        DictValue.Entry entry = attributes.get(name);
        return entry == null ? null : entry.value();
    }

    DictValue toDict() {
        DictValue dict = new DictValue(attributes.size());
        attributes.values().forEach(entry -> dict.put(entry.key(), entry.value()));
        return dict;
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public String qualifiedTypeName() {
        return "jinja2.utils.Namespace";
    }
}
