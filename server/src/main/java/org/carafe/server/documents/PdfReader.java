package org.carafe.server.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.pdfbox.text.PDFTextStripper;

/** The process that reads one PDF: file in, a {@link Result} and its text out. {@link PdfText} starts and ends it. */
final class PdfReader {
    private PdfReader() {}

    /** First line of what it writes. */
    enum Result {
        TEXT,
        ENCRYPTED,
        TOO_MANY_PAGES,
        TOO_LONG,
        BROKEN
    }

    /** Reads standard input to its end. */
    public static void main(String[] args) throws IOException {
        byte[] pdf = System.in.readAllBytes();
        Bounded text = new Bounded();
        Result result = read(pdf, text);
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))) {
            out.write((result.name() + "\n" + text.text).getBytes(UTF_8));
        }
        // Without waiting for whatever a library may have started.
        Runtime.getRuntime().halt(0);
    }

    private static Result read(byte[] pdf, Bounded text) {
        FontMappers.set(new PlainFonts());
        try (PDDocument document = Loader.loadPDF(pdf)) {
            if (document.getNumberOfPages() > DocumentLimits.PDF_PAGES_MAX) {
                return Result.TOO_MANY_PAGES;
            }
            PDFTextStripper stripper = new PDFTextStripper();
            stripper.setParagraphEnd("\n\n");
            stripper.setPageEnd("\n\n");
            stripper.setSortByPosition(true);
            stripper.writeText(document, text);
            return Result.TEXT;
        } catch (InvalidPasswordException e) {
            return Result.ENCRYPTED;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // PDFBox answers hostile files with all kinds of exceptions.
            return text.isFull ? Result.TOO_LONG : Result.BROKEN;
        }
    }

    /** Holds no more than a document may have. */
    private static final class Bounded extends Writer {
        private final StringBuilder text = new StringBuilder();
        private boolean isFull;

        @Override
        public void write(char[] chars, int offset, int length) throws IOException {
            if (text.length() + length > DocumentLimits.CHARS_MAX) {
                isFull = true;
                throw new IOException("longer than a document may be");
            }
            text.append(chars, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
