package org.carafe.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.carafe.server.error.ApiException;
import org.carafe.server.error.ErrorKind;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@code multipart/form-data} body, which was read whole already.
 *
 * @param fileName as the caller's program names it; null: it does not
 * @param contentType null: not said
 * @param name value of the field {@code name}; null: there is none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record MultipartFile(
        byte[] content,
        @Nullable String fileName,
        @Nullable String contentType,
        @Nullable String name) {
    private static final int PARTS_MAX = 8;
    private static final int PART_HEADERS_BYTES_MAX = 8 << 10;
    private static final int FIELD_BYTES_MAX = 4 << 10;

    /**
     * Reads the parts: exactly one called {@code file}, at most one called {@code name}.
     *
     * @throws ApiException {@code INVALID_VALUE}, {@code MISSING_FIELD}, {@code UNKNOWN_FIELD}
     */
    static MultipartFile parse(String contentType, byte[] body) {
        String boundary = MultiPart.extractBoundary(contentType);
        if (boundary == null || boundary.isEmpty()) {
            throw broken("it names no boundary");
        }
        Parts parts = new Parts();
        MultiPart.Parser parser = new MultiPart.Parser(boundary, parts);
        parser.setMaxParts(PARTS_MAX);
        parser.setPartHeadersMaxLength(PART_HEADERS_BYTES_MAX);
        try {
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(body), true));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw broken("its parts cannot be told apart");
        }
        if (parts.failed || !parts.complete) {
            throw broken("it ends early, or has more than " + PARTS_MAX + " parts");
        }
        if (parts.file == null) {
            throw new ApiException(ErrorKind.MISSING_FIELD, "Missing required part 'file'.", "file");
        }
        return new MultipartFile(parts.file, parts.fileName, parts.fileType, parts.name);
    }

    private static ApiException broken(String why) {
        return new ApiException(ErrorKind.INVALID_VALUE, "The multipart body cannot be read: " + why + ".");
    }

    /** Listens to the parser; an {@code ApiException} of a listener is thrown through it. */
    private static final class Parts implements MultiPart.Parser.Listener {
        private final Map<String, String> headers = new HashMap<>();
        private ByteArrayOutputStream content = new ByteArrayOutputStream();
        private byte @Nullable [] file;
        private @Nullable String fileName;
        private @Nullable String fileType;
        private @Nullable String name;
        private boolean complete;
        private boolean failed;

        @Override
        public void onPartBegin() {
            headers.clear();
            content = new ByteArrayOutputStream();
        }

        @Override
        public void onPartHeader(String header, String value) {
            headers.put(header.toLowerCase(Locale.ROOT), value);
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            content.writeBytes(BufferUtil.toArray(chunk.getByteBuffer()));
        }

        @Override
        public void onPartEnd() {
            Map<String, String> parameters = new HashMap<>();
            HttpField.getValueParameters(headers.getOrDefault("content-disposition", ""), parameters);
            String field = parameters.getOrDefault("name", "");
            switch (field) {
                case "file" -> {
                    once(file, "file");
                    file = content.toByteArray();
                    fileName = parameters.get("filename");
                    fileType = headers.get("content-type");
                }
                case "name" -> {
                    once(name, "name");
                    if (content.size() > FIELD_BYTES_MAX) {
                        throw broken("its part 'name' has more than " + FIELD_BYTES_MAX + " bytes");
                    }
                    name = content.toString(UTF_8);
                }
                default -> {
                    String shown = field.length() > 60 ? field.substring(0, 60) + "…" : field;
                    throw new ApiException(
                            ErrorKind.UNKNOWN_FIELD,
                            "Unknown part '" + shown + "': a document has the parts 'file' and 'name'.",
                            shown);
                }
            }
        }

        private static void once(@Nullable Object before, String field) {
            if (before != null) {
                throw broken("it has more than one part '" + field + "'");
            }
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        @Override
        public void onFailure(Throwable failure) {
            if (failure instanceof ApiException refused) {
                throw refused;
            }
            failed = true;
        }
    }
}
