package org.carafe.models.template.jinja;

/**
 * What one template may use up, so that a hostile one (or a hostile conversation) fails quickly instead of hanging.
 *
 * @param sourceCharsMax length of the template's source in UTF-16 units
 * @param nestingMax how deep expressions and statements may nest in the source
 * @param stepsMax evaluated operations; work on long strings and lists counts by size
 * @param charsMax length of the output, and of any one string, in UTF-16 units
 * @param depthMax nesting levels active at once over all macro calls and recursive loops
 */
public record TemplateLimits(int sourceCharsMax, int nestingMax, long stepsMax, int charsMax, int depthMax) {
    public static final TemplateLimits DEFAULT = new TemplateLimits(1 << 20, 200, 4_000_000, 16 << 20, 2_000);

    public TemplateLimits {
        if (sourceCharsMax <= 0 || nestingMax <= 0 || stepsMax <= 0 || charsMax <= 0 || depthMax <= 0) {
            throw new IllegalArgumentException("every limit must be positive");
        }
    }
}
