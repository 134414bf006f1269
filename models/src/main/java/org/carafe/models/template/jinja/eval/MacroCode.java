package org.carafe.models.template.jinja.eval;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled macro or call block.
 *
 * @param name null for a call block
 * @param slots of the parameters
 * @param defaults of the last parameters
 * @param callerSlot of the implicit {@code caller}; -1 where the body has no use for it or it is a parameter
 * @param keywordsSlot of {@code kwargs}, -1 likewise
 * @param positionalSlot of {@code varargs}, -1 likewise
 * @param depth levels the body nests
 */
record MacroCode(
        @Nullable String name,
        List<String> parameters,
        List<Integer> slots,
        List<Code> defaults,
        int callerSlot,
        int keywordsSlot,
        int positionalSlot,
        FunctionScope function,
        Entry entry,
        Action body,
        int depth) {}
