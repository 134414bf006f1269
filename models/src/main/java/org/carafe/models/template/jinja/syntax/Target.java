package org.carafe.models.template.jinja.syntax;

import java.util.List;
import org.carafe.models.template.jinja.Position;

/** What a for loop, a set or a with assigns to, and a macro's parameters. */
public sealed interface Target extends Node {
    /** A variable. */
    record Variable(String name, Position at) implements Target {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }

    /** An attribute of a namespace. */
    record Attribute(String namespace, String name, Position at) implements Target {
        @Override
        public List<Node> children() {
            return List.of();
        }
    }

    /** Several targets a value is unpacked to. */
    record Unpack(List<Target> targets, Position at) implements Target {
        @Override
        public List<Node> children() {
            return List.copyOf(targets);
        }
    }
}
