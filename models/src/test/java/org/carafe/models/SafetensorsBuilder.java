package org.carafe.models;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes safetensors files. */
public final class SafetensorsBuilder {
    private final StringBuilder header = new StringBuilder("{");
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /** Adds an F32 tensor. */
    public SafetensorsBuilder add(String name, List<Long> shape, byte[] bytes) {
        header.append(header.length() == 1 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":{\"dtype\":\"F32\",\"shape\":")
                .append(shape)
                .append(",\"data_offsets\":[")
                .append(data.size())
                .append(',')
                .append(data.size() + bytes.length)
                .append("]}");
        data.writeBytes(bytes);
        return this;
    }

    /** Writes the file. */
    public void write(Path file) throws IOException {
        byte[] json = (header + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data.toByteArray());
        Files.write(file, bytes.array());
    }
}
