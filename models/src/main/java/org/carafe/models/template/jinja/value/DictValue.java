package org.carafe.models.template.jinja.value;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dict, in order of insertion. Nothing a template may do changes one after it was built. */
public final class DictValue implements Value {
    /** One item; keeps the key as it was written, since {@code 1}, {@code 1.0} and {@code True} are the same key. */
    public record Entry(Value key, Value value) {}

    private final Map<Object, Entry> entries;

    public DictValue() {
        this.entries = new LinkedHashMap<>();
    }

    public DictValue(int expected) {
        this.entries = LinkedHashMap.newLinkedHashMap(expected);
    }

    /** Only for whoever builds the dict. An equal key keeps its place and its first form, as in Python. */
    public void put(Value key, Value value) {
        Object hashed = Keys.of(key);
        Entry old = entries.get(hashed);
        entries.put(hashed, new Entry(old == null ? key : old.key(), value));
    }

    public @Nullable Value get(Value key) {
        Entry entry = entries.get(key instanceof Text ? key : Keys.of(key));
        return entry == null ? null : entry.value();
    }

    public @Nullable Value get(String key) {
        return get(Text.of(key));
    }

    public Collection<Entry> entries() {
        return entries.values();
    }

    public int size() {
        return entries.size();
    }

    @Override
    public String typeName() {
        return "dict";
    }

    @Override
    public boolean truth() {
        return !entries.isEmpty();
    }
}
