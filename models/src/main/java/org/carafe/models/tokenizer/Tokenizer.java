package org.carafe.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.IncrementalDecoder.Start;
import org.carafe.models.tokenizer.NativeTokenizer.Spans;
import org.carafe.models.tokenizer.SpecialTokenScanner.Match;

/**
 * A checkpoint's tokenizer: text to ids exactly as Hugging Face's tokenizers, and back. Thread-safe, immutable.
 *
 * <p>Special tokens ({@code <|eot_id|>}) have two sides. A chat template writes them as text and means the token; a user who writes
 * the same text must get text. So encoding takes the ranges of a text that users wrote, and there no control token is ever made.
 */
public final class Tokenizer {
    /** Longest text that is tokenized, in UTF-16 units. */
    public static final int TEXT_LENGTH_MAX = 1 << 22;

    private final TokenizerFile file;
    private final NativeTokenizer encoder;
    private final SpecialTokenScanner scanner;
    private final Decoding decoding;
    private final BitSet special;
    private final OptionalInt beginTokenId;
    private final boolean addsBeginToken;

    private Tokenizer(TextAssets assets) {
        Set<String> control = new HashSet<>();
        if (assets.beginToken() != null) {
            control.add(assets.beginToken());
        }
        if (assets.endToken() != null) {
            control.add(assets.endToken());
        }
        file = TokenizerFileReader.read(assets.tokenizerJson(), control);
        encoder = new NativeTokenizer(file.guardedJson());
        scanner = new SpecialTokenScanner(file.added());
        decoding = Decoding.of(file);
        special = new BitSet();
        file.added().stream().filter(AddedToken::special).forEach(token -> special.set(token.id()));
        beginTokenId = assets.beginToken() == null ? OptionalInt.empty() : tokenToId(assets.beginToken());
        addsBeginToken = assets.addBeginToken() && beginTokenId.isPresent();
        probe();
    }

    /** A file whose fault would only show in some prompt is refused when it is loaded. */
    private void probe() {
        try {
            encoder.encode("\uE000 \uDBC0\uDC00\u0378"); // characters no vocabulary has: bytes or unk_token must do
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    "tokenizer.json cannot tokenize every text: " + NativeTokenizer.firstLine(e.getMessage()), e);
        }
        for (AddedToken token : file.added()) {
            if (token.standIn() == null || token.normalized()) {
                continue;
            }
            int[] ids = encoder.encode(token.standIn());
            if (ids.length != 1 || ids[0] != token.id()) {
                throw new CheckpointException(
                        "tokenizer.json: added token \"" + token.content() + "\" cannot be found as id " + token.id());
            }
        }
    }

    /**
     * The tokenizer of a checkpoint.
     *
     * @throws org.carafe.models.CheckpointException where its tokenizer.json cannot be used
     */
    public static Tokenizer of(TextAssets assets) {
        return new Tokenizer(assets);
    }

    /** True where plain text (no rendered chat) is to begin with BOS. */
    public boolean addsBeginToken() {
        return addsBeginToken;
    }

    /** The id of BOS. */
    public OptionalInt beginTokenId() {
        return beginTokenId;
    }

    /**
     * Ids of a text whose author may write special tokens: ids equal Hugging Face's {@code encode(text, add_special_tokens=False)}.
     *
     * @param addBeginToken puts BOS first, where there is one, whatever the text begins with
     * @throws IllegalArgumentException where the text is longer than {@link #TEXT_LENGTH_MAX}
     */
    public int[] encode(String text, boolean addBeginToken) {
        return encode(text, List.of(), addBeginToken);
    }

    /**
     * As {@link #encode(String, boolean)}, but no control token is made of text that overlaps {@code untrusted}.
     *
     * @param untrusted parts of the text that users wrote, ordered, without overlaps
     */
    public int[] encode(String text, List<TextRange> untrusted, boolean addBeginToken) {
        if (text.length() > TEXT_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a text of " + text.length() + " characters is too long: at most " + TEXT_LENGTH_MAX);
        }
        check(untrusted, text.length());
        String wellFormed = wellFormed(text);
        int[] ids = encodeMatches(wellFormed, scanner.find(wellFormed, untrusted));
        if (!addBeginToken || beginTokenId.isEmpty()) {
            return ids;
        }
        int[] all = new int[ids.length + 1];
        all[0] = beginTokenId.getAsInt();
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }

    private int[] encodeMatches(String text, List<Match> matches) {
        for (Match match : matches) {
            if (match.token().normalized()) {
                return encodeNormalizedMatches(text, matches);
            }
        }
        return encoder.encode(SpecialTokenScanner.withStandIns(text, matches));
    }

    /**
     * A token that is looked for in normalized text (old Llama 2 files) is found only where that text has the token's normalized form,
     * such as after a space: a stand-in that was not found must be text again.
     */
    private int[] encodeNormalizedMatches(String text, List<Match> matches) {
        List<Match> kept = matches;
        while (true) {
            Spans spans = encoder.encodeWithSpans(SpecialTokenScanner.withStandIns(text, kept));
            List<Match> found = spans.found(text, kept);
            if (found.size() == kept.size()) {
                return spans.ids();
            }
            kept = found;
        }
    }

    private static void check(List<TextRange> ranges, int length) {
        int end = 0;
        for (TextRange range : ranges) {
            if (range.start() < end || range.end() > length) {
                throw new IllegalArgumentException("ranges are not ordered inside the text: " + ranges);
            }
            end = range.end();
        }
    }

    /** Lone surrogates have no UTF-8; each becomes U+FFFD, which leaves all places where they were. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return replaceLoneSurrogates(text, i);
            }
        }
        return text;
    }

    private static String replaceLoneSurrogates(String text, int first) {
        StringBuilder out = new StringBuilder(text);
        for (int i = first; i < out.length(); i++) {
            if (Character.isHighSurrogate(out.charAt(i))
                    && i + 1 < out.length()
                    && Character.isLowSurrogate(out.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(out.charAt(i))) {
                out.setCharAt(i, '\uFFFD');
            }
        }
        return out.toString();
    }

    /** A decoder for one generation. */
    public IncrementalDecoder decoder(Start start, boolean skipSpecial) {
        return decoding.decoder(this, start, skipSpecial);
    }

    /** Text of ids, equal to Hugging Face's {@code decode} (without its clean-up of spaces); unknown ids have none. */
    public String decode(int[] ids, boolean skipSpecial) {
        IncrementalDecoder decoder = decoder(Start.TEXT, skipSpecial);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.append(id));
        }
        return text.append(decoder.finish()).toString();
    }

    String decodeNatively(int[] ids, int length, boolean skipSpecial) {
        String text = encoder.decode(ids, length, skipSpecial);
        if (!skipSpecial && text.indexOf('\uE000') >= 0) {
            for (AddedToken token : file.added()) {
                if (token.standIn() != null) {
                    text = text.replace(token.standIn(), token.content());
                }
            }
        }
        return text;
    }

    /** Highest id plus one; ids between may have no token. */
    public int vocabularySize() {
        return file.pieces().length;
    }

    /** The vocabulary's own text of a token ({@code Ġhello}, {@code <0x0A>}); empty for an id without one. */
    public String tokenText(int id) {
        String piece = id < 0 || id >= file.pieces().length ? null : file.pieces()[id];
        return piece == null ? "" : piece;
    }

    /** A token decoded by itself, special ones too: its part of a text, with U+FFFD where that is part of a character. */
    public String tokenString(int id) {
        DecodingTable table = decoding.table();
        String text = table == null || !table.knows(id) ? null : table.text()[id];
        if (text != null) {
            return text;
        }
        IncrementalDecoder decoder = decoder(Start.CONTINUATION, false);
        return decoder.append(id) + decoder.finish();
    }

    /** The bytes a token adds to the UTF-8 of a text: OpenAI's {@code logprobs.content[].bytes}. */
    public byte[] tokenBytes(int id) {
        DecodingTable table = decoding.table();
        byte[] partial = table == null || !table.knows(id) ? null : table.bytes()[id];
        return partial == null ? tokenString(id).getBytes(StandardCharsets.UTF_8) : partial.clone();
    }

    /** True for tokens without text when special tokens are skipped. */
    public boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    /** The id of a token by its vocabulary text. Walks the vocabulary: not for hot paths. */
    public OptionalInt tokenToId(String text) {
        for (AddedToken token : file.added()) {
            if (token.content().equals(text)) {
                return OptionalInt.of(token.id());
            }
        }
        for (int id = 0; id < file.pieces().length; id++) {
            if (text.equals(file.pieces()[id])) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }
}
