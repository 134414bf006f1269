package org.carafe.models.template.jinja.value;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.carafe.models.template.jinja.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a built-in function.
 *
 * @param required how many of them have no default
 * @param keywords whether they may be given by name (most methods of CPython's str take positions only)
 */
public record Signature(String function, List<String> names, int required, boolean keywords) {
    /** Parameters by name; those that end in {@code ?} may be left out. */
    public static Signature of(String function, String... parameters) {
        return make(function, true, parameters);
    }

    /** The same for a function that takes no keywords. */
    public static Signature positional(String function, String... parameters) {
        return make(function, false, parameters);
    }

    private static Signature make(String function, boolean keywords, String... parameters) {
        int required = (int)
                Arrays.stream(parameters).takeWhile(name -> !name.endsWith("?")).count();
        List<String> names = Arrays.stream(parameters)
                .map(name -> name.endsWith("?") ? name.substring(0, name.length() - 1) : name)
                .toList();
        return new Signature(function, names, required, keywords);
    }

    /** One value per parameter, null where it was left out. TypeError where the arguments do not fit. */
    public @Nullable Value[] bind(Arguments arguments) {
        List<Value> positional = arguments.positional();
        if (positional.size() > names.size()) {
            throw Errors.type(function + "() takes " + (required == names.size() ? "" : "at most ") + names.size()
                    + " positional arguments but " + positional.size() + " were given");
        }
        @Nullable Value[] bound = positional.toArray(new @Nullable Value[names.size()]);
        if (!arguments.keywords().isEmpty()) {
            bindKeywords(bound, positional.size(), arguments.keywords());
        }
        for (int i = positional.size(); i < required; i++) {
            if (bound[i] == null) {
                throw Errors.type(function + "() missing required argument: '" + names.get(i) + "'");
            }
        }
        return bound;
    }

    private void bindKeywords(@Nullable Value[] bound, int taken, Map<String, Value> given) {
        if (!keywords) {
            throw Errors.type(function + "() takes no keyword arguments");
        }
        for (Map.Entry<String, Value> keyword : given.entrySet()) {
            int index = names.indexOf(keyword.getKey());
            if (index < 0) {
                throw Errors.type(function + "() got an unexpected keyword argument " + Repr.quote(keyword.getKey()));
            }
            if (index < taken) {
                throw Errors.type(function + "() got multiple values for argument " + Repr.quote(keyword.getKey()));
            }
            bound[index] = keyword.getValue();
        }
    }
}
