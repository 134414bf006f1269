package org.carafe.inference.torch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.carafe.models.GoldenCheckpoints;
import org.carafe.models.checkpoint.Checkpoint;
import org.carafe.models.checkpoint.Checkpoints;

/** A golden checkpoint's expectations: what a float64 reference of the Hugging Face definitions computed. */
record Golden(String model, String reference, List<Case> cases) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(com.fasterxml.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /**
     * A prompt.
     *
     * @param promptLogprobs of each token but the first
     * @param minGap smallest difference of the two best logits on the way
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(int[] prompt, float[] lastLogits, float[] promptLogprobs, int[] greedy, double minGap) {}

    static Golden read(String name) {
        try {
            return JSON.readValue(
                    GoldenCheckpoints.directory(name).resolve("expected.json").toFile(), Golden.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Checkpoint open(String name) {
        return Checkpoints.open(GoldenCheckpoints.directory(name));
    }
}
