package org.carafe.server.openai;

import java.util.List;

/** A prompt of a text completion. */
public sealed interface Prompt {
    /** Text, to be tokenized. */
    record Text(String text) implements Prompt {}

    /** Token ids, taken as they are; not yet checked against a vocabulary. */
    record Tokens(List<Integer> ids) implements Prompt {}
}
