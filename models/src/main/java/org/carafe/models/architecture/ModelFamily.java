package org.carafe.models.architecture;

import java.util.List;
import java.util.Set;

/**
 * A family of models: how its config.json becomes a {@link ModelSpec}, and where its files deviate from Llama's tensor names. One
 * small file each (see docs/adding-a-family.md), listed in {@link Families}. Stateless.
 */
public interface ModelFamily {
    /** The {@code architectures} entries it reads. */
    Set<String> architectures();

    /**
     * Reads config.json. Absent keys take the defaults of the family's Hugging Face configuration class.
     *
     * @param declared which of them config.json names
     * @throws org.carafe.models.CheckpointException naming a key that is missing, wrong, or asks for what is not supported
     */
    ModelSpec spec(String declared, ConfigReader config);

    /** Where a Hugging Face checkpoint may hold the weight of that {@link TensorNames} name, likeliest first. */
    default List<TensorSource> sources(ModelSpec spec, String tensorName) {
        return List.of(TensorSource.whole(tensorName));
    }

    /** {@code eos_token_id} where config.json has no such key. */
    int defaultEndTokenId();
}
