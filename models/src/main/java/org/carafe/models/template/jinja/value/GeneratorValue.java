package org.carafe.models.template.jinja.value;

import java.util.Iterator;

/** An iterator that is used up by whoever reads it first: what select, map, batch and their like return. */
public final class GeneratorValue implements Value {
    private final String typeName;
    private final Iterator<Value> items;

    public GeneratorValue(Iterator<Value> items) {
        this("generator", items);
    }

    public GeneratorValue(String typeName, Iterator<Value> items) {
        this.typeName = typeName;
        this.items = items;
    }

    public Iterator<Value> items() {
        return items;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public boolean truth() {
        return true;
    }
}
