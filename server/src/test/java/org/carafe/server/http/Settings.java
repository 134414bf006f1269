package org.carafe.server.http;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Settings with one of them changed. */
final class Settings {
    private Settings() {}

    static HttpSettings with(HttpSettings settings, String name, Object value) {
        HttpSettings changed = changed(settings, name, value);
        if (changed == null) {
            throw new AssertionError("no setting " + name);
        }
        return changed;
    }

    /** The record, or null if neither it nor a record in it has that component. */
    private static <T extends Record> @Nullable T changed(T settings, String name, Object value) {
        RecordComponent[] components = settings.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = components[i].getAccessor().invoke(settings);
                Object other = components[i].getName().equals(name)
                        ? value
                        : values[i] instanceof Record inner ? changed(inner, name, value) : null;
                if (other != null) {
                    found = true;
                    values[i] = other;
                }
            }
            @SuppressWarnings("unchecked") // the class of the argument
            Class<T> type = (Class<T>) settings.getClass();
            return found ? type.getDeclaredConstructor(types).newInstance(values) : null;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }
}
