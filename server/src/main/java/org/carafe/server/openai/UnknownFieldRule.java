package org.carafe.server.openai;

import java.util.ArrayList;
import java.util.List;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;

/** Collects the unknown fields of one request: an error that names the first, or a list of what was ignored. */
public final class UnknownFieldRule {
    private static final int LISTED_MAX = 32;

    private final boolean ignore;
    private final List<String> ignored = new ArrayList<>();

    /** @param ignore let unknown fields pass, and list them */
    public UnknownFieldRule(boolean ignore) {
        this.ignore = ignore;
    }

    /** To be called once an object's fields were all read. */
    public void check(Fields fields) {
        List<String> unknown = fields.unknown();
        if (unknown.isEmpty()) {
            return;
        }
        if (!ignore) {
            String path = Shown.text(unknown.getFirst(), 100);
            throw new ApiException(
                    ErrorKind.UNKNOWN_FIELD,
                    "Unknown field '" + path + "': it is not honoured here, so it is not accepted.",
                    path);
        }
        for (String path : unknown) {
            if (ignored.size() < LISTED_MAX) {
                ignored.add(Shown.text(path, 100));
            }
        }
    }

    /** Paths of those that were let pass. */
    public List<String> ignored() {
        return List.copyOf(ignored);
    }
}
