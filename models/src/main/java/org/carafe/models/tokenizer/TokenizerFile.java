package org.carafe.models.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a tokenizer.json.
 *
 * @param pieces vocabulary text by id, added tokens included; null where there is none
 * @param added in the file's order
 * @param decoder its {@code decoder} section; null where it has none
 * @param guardedJson the same tokenizer, with protected tokens known by their stand-ins only
 */
@SuppressWarnings("ArrayRecordComponent") // read once to build tables, never compared
record TokenizerFile(
        @Nullable String[] pieces,
        List<AddedToken> added,
        @Nullable JsonNode decoder,
        String guardedJson) {}
