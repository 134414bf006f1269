package org.carafe.inference.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive in memory: a zip of stored entries with the source of one class and the values of its attributes, pickled. The
 * format is PyTorch's (torch/csrc/jit/serialization/docs/serialization.md).
 */
final class ProgramArchive {
    private static final Pattern ATTRIBUTE = Pattern.compile("(?m)^ {2}(\\w+) : ([\\w\\[\\]]+)");
    private static final byte[] PICKLED_EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
    /** The file format, which also says of which time the operators' signatures are: PyTorch 1.13 and later. */
    private static final byte[] VERSION = "10\n".getBytes(StandardCharsets.US_ASCII);

    private ProgramArchive() {}

    /**
     * Packs a class.
     *
     * @param source the class {@code M}; attributes are declared as {@code name : type}
     * @param values of all attributes but the tensor lists, which start empty
     */
    static byte[] pack(String source, Map<String, Object> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", pickle(source, values));
            store(zip, "m/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", PICKLED_EMPTY_TUPLE);
            store(zip, "m/version", VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] pickle(String source, Map<String, Object> values) {
        Pickle pickle = new Pickle("__torch__", "M");
        Matcher attribute = ATTRIBUTE.matcher(source);
        while (attribute.find()) {
            String name = attribute.group(1);
            if (attribute.group(2).equals("List[Tensor]")) {
                pickle.attribute(name, Pickle.NO_TENSORS);
            } else {
                Object value = values.get(name);
                assert value != null : "the program's attribute " + name + " has a value";
                pickle.attribute(name, value);
            }
        }
        return pickle.bytes();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
