package org.carafe.models.template.jinja.eval;

/**
 * Where the compiler is.
 *
 * @param soft inside an if or inline if: unknown filters and tests are an error only when they run
 * @param topLevel not inside any scope but the template's own
 * @param inLoop break and continue have a loop to act on
 */
record Scope(Symbols symbols, boolean soft, boolean topLevel, boolean inLoop) {
    static Scope root() {
        return new Scope(new Symbols(null, new FunctionScope(null)), false, true, false);
    }

    /** A scope inside this one, in the same function. */
    Scope inner() {
        return new Scope(new Symbols(symbols, symbols.function()), false, false, inLoop);
    }

    /** A scope inside this one that is a function of its own. */
    Scope innerFunction() {
        return new Scope(new Symbols(symbols, new FunctionScope(symbols.function())), false, false, false);
    }

    /** The same scope inside an if. */
    Scope softened() {
        return new Scope(symbols, true, topLevel, inLoop);
    }

    Scope looping(boolean loops) {
        return new Scope(symbols, soft, topLevel, loops);
    }
}
