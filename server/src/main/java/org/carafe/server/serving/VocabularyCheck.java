package org.carafe.server.serving;

import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.carafe.server.openai.SamplingFields;

/** Token ids of callers against a model's vocabulary. */
final class VocabularyCheck {
    private VocabularyCheck() {}

    static void sampling(ServedModel model, SamplingFields fields) {
        int size = model.vocabularySize();
        for (int id : fields.logitBias().keySet()) {
            check(id, size, "logit_bias." + id);
        }
        for (int id : fields.stopTokenIds()) {
            check(id, size, "stop_token_ids");
        }
    }

    static void ids(int[] ids, ServedModel model, String path) {
        int size = model.vocabularySize();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= size) {
                check(ids[i], size, path + "[" + i + "]");
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
