package org.carafe.server.http;

import java.lang.reflect.RecordComponent;

/** Settings with one of them changed. */
final class Settings {
    private Settings() {}

    static HttpSettings with(HttpSettings settings, String name, Object value) {
        RecordComponent[] components = HttpSettings.class.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                boolean wanted = components[i].getName().equals(name);
                found |= wanted;
                types[i] = components[i].getType();
                values[i] = wanted ? value : components[i].getAccessor().invoke(settings);
            }
            if (!found) {
                throw new AssertionError("no setting " + name);
            }
            return HttpSettings.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }
}
