package org.carafe.server.accounts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A constant that is written as a word, in the database as in JSON: its name in lower case. */
public interface Worded {
    /** Of the constant. */
    String name();

    /** As it is written. */
    default String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The constant that a word names. */
    static <E extends Enum<E> & Worded> Optional<E> of(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.word().equals(word))
                .findFirst();
    }
}
