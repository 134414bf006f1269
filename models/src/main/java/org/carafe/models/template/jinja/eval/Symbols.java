package org.carafe.models.template.jinja.eval;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of one scope: where each lives and what it holds when the scope is entered. A port of Jinja2's
 * {@code idtracking.Symbols}, whose rules decide what a template prints: a name assigned anywhere in a scope is that scope's
 * own from its start, first a copy of the outer one.
 */
final class Symbols {
    /** What a variable holds when its scope is entered. */
    sealed interface Load {
        /** An argument or a loop's item: whoever enters the scope stores it. */
        record Parameter() implements Load {}

        /** Looked up in the context. */
        record Resolve(String name) implements Load {}

        /** A copy of the variable of that name in the scopes around. */
        record Alias(String name) implements Load {}

        /** Nothing. */
        record Missing() implements Load {}
    }

    private final @Nullable Symbols parent;
    private final FunctionScope function;
    private final int level;
    private final Map<String, String> refs;
    private final Map<String, Load> loads;
    private final Map<String, String> names;
    private final Set<String> stores;

    Symbols(@Nullable Symbols parent, FunctionScope function) {
        this.parent = parent;
        this.function = function;
        this.level = parent == null ? 0 : parent.level + 1;
        this.refs = new HashMap<>();
        this.loads = new LinkedHashMap<>();
        this.names = new HashMap<>();
        this.stores = new HashSet<>();
    }

    private Symbols(Symbols original) {
        this.parent = original.parent;
        this.function = original.function;
        this.level = original.level;
        this.refs = new HashMap<>(original.refs);
        this.loads = new LinkedHashMap<>(original.loads);
        this.names = new HashMap<>(original.names);
        this.stores = new HashSet<>(original.stores);
    }

    /** A copy to look at one branch of an if with. */
    Symbols copy() {
        return new Symbols(this);
    }

    FunctionScope function() {
        return function;
    }

    @Nullable
    Symbols parent() {
        return parent;
    }

    Map<String, Load> loads() {
        return loads;
    }

    Set<String> stores() {
        return stores;
    }

    private void define(String name, Load load) {
        String ident = level + " " + name;
        refs.put(name, ident);
        loads.put(ident, load);
        names.put(ident, name);
    }

    /** The scope, from here outwards, that has the name. */
    @Nullable
    Symbols owner(String name) {
        for (Symbols scope = this; scope != null; scope = scope.parent) {
            if (scope.refs.containsKey(name)) {
                return scope;
            }
        }
        return null;
    }

    private boolean isKnownOutside(String name) {
        return parent != null && parent.owner(name) != null;
    }

    void store(String name) {
        stores.add(name);
        if (!refs.containsKey(name)) {
            define(name, isKnownOutside(name) ? new Load.Alias(name) : new Load.Missing());
        }
    }

    void parameter(String name) {
        stores.add(name);
        define(name, new Load.Parameter());
    }

    void load(String name) {
        if (owner(name) == null) {
            define(name, new Load.Resolve(name));
        }
    }

    /** Takes over what the branches of an if do: a name that only some assign holds its outer value in the others. */
    void merge(List<Symbols> branches) {
        Set<String> assigned = new HashSet<>();
        branches.forEach(branch -> assigned.addAll(branch.stores));
        assigned.removeAll(stores);
        for (Symbols branch : branches) {
            refs.putAll(branch.refs);
            loads.putAll(branch.loads);
            names.putAll(branch.names);
            stores.addAll(branch.stores);
        }
        for (String name : assigned) {
            define(name, isKnownOutside(name) ? new Load.Alias(name) : new Load.Resolve(name));
        }
    }

    /** Where the variable lives: how many functions out from this scope's, and in which slot. Null if no scope knows it. */
    @Nullable
    Reference reference(String name) {
        Symbols owner = owner(name);
        return owner == null ? null : reference(name, owner);
    }

    /** Where the variable of that name around this scope lives, whatever this scope calls by it. */
    Reference outerReference(String name) {
        Symbols owner = parent == null ? null : parent.owner(name);
        if (owner == null) {
            throw new IllegalStateException("alias of unknown variable " + name);
        }
        return reference(name, owner);
    }

    private Reference reference(String name, Symbols owner) {
        int hops = 0;
        for (FunctionScope at = function; at != owner.function; hops++) {
            FunctionScope next = at.parent();
            if (next == null) {
                throw new IllegalStateException("variable " + name + " of a function that does not enclose this one");
            }
            at = next;
        }
        return new Reference(hops, owner.function.slot(String.valueOf(owner.refs.get(name))));
    }

    /** The slot of a variable of this very scope. */
    int slot(String ident) {
        return function.slot(ident);
    }

    /** The names visible here that a template assigned, for scoped blocks. */
    Set<String> visibleStores() {
        Set<String> all = new HashSet<>();
        for (Symbols scope = this; scope != null; scope = scope.parent) {
            all.addAll(scope.stores);
        }
        return all;
    }

    record Reference(int hops, int slot) {}
}
