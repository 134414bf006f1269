package org.carafe.models.architecture;

/**
 * Where a file may hold a weight: a whole tensor, or one of several equal runs of rows of a larger one (experts stored together).
 *
 * @param name the tensor's name in the file
 * @param part which run, from 0
 * @param parts how many equal runs the stored tensor holds; 1: the whole tensor
 */
public record TensorSource(String name, int part, int parts) {
    public TensorSource {
        assert part >= 0 && part < parts : "a part lies inside its tensor";
    }

    /** The whole tensor of that name. */
    public static TensorSource whole(String name) {
        return new TensorSource(name, 0, 1);
    }
}
