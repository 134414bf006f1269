package org.carafe.server.serving;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.SamplingFields;

/** Token ids of callers, and of what their texts became, against a model's vocabulary. */
final class VocabularyCheck {
    private VocabularyCheck() {}

    static void sampling(ServedModel model, SamplingFields fields) {
        int size = model.idsMax();
        for (int id : fields.logitBias().keySet()) {
            check(id, size, "logit_bias." + id);
        }
        for (int id : fields.stopTokenIds()) {
            check(id, size, "stop_token_ids");
        }
    }

    /** Ids that stand for a text: the tokenizer or the weights know them. */
    static void ids(int[] ids, ServedModel model, String path) {
        check(ids, model.idsMax(), path);
    }

    /** Ids that the model is to read: an id without a row would fail a whole batch. */
    static void prompt(int[] ids, ServedModel model, String path) {
        check(ids, model.vocabularySize(), path);
    }

    private static void check(int[] ids, int size, String path) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= size) {
                check(ids[i], size, path + "[" + i + "]");
            }
        }
    }

    /** What a text became. */
    static void text(int[] ids, ServedModel model, String path) {
        int size = model.vocabularySize();
        for (int id : ids) {
            if (id < 0 || id >= size) {
                throw new ApiException(
                        ErrorKind.INVALID_VALUE,
                        "Invalid '" + path + "': its text holds '"
                                + model.tokenizer().tokenString(id) + "', which is token " + id
                                + " to the tokenizer, but the model's weights know " + size + " ids only.",
                        path);
            }
        }
    }

    private static void check(int id, int size, String path) {
        if (id < 0 || id >= size) {
            throw new ApiException(
                    ErrorKind.INVALID_VALUE,
                    "Invalid '" + path + "': token id " + id + " is not in the vocabulary, which has " + size + " ids.",
                    path);
        }
    }
}
