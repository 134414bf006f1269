package jcuda.planted;

/** Stands where JCuda's classes stand: {@code ArchitectureTest} proves with it that the rule can fail. */
public record Device(int ordinal) {}
