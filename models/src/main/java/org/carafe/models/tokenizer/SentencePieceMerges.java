package org.carafe.models.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carafe.models.CheckpointException;
import org.carafe.models.tokenizer.GgufVocabulary.TokenKind;

/**
 * Merges of a SentencePiece vocabulary: every way to make a piece of two, best score first. As Hugging Face's converter derives them
 * ({@code generate_merges} of transformers' convert_slow_tokenizer.py).
 */
final class SentencePieceMerges {
    /** Longest piece that is made of others; the bound keeps a hostile file from asking for quadratic work. */
    private static final int PIECE_LENGTH_MAX = 512;

    private SentencePieceMerges() {}

    /** Two pieces that become one. */
    record Merge(String left, String right, int leftId, int rightId, double score) {}

    static List<Merge> of(GgufVocabulary vocabulary) {
        if (vocabulary.scores().isEmpty()) {
            throw new CheckpointException("the GGUF file has no tokenizer.ggml.scores");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            if (isText(vocabulary.types().get(id))) {
                ids.put(vocabulary.pieces().get(id), id);
            }
        }
        List<Merge> merges = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : ids.entrySet()) {
            String piece = entry.getKey();
            double score = vocabulary.scores().get(entry.getValue());
            for (int cut = 1; cut < piece.length() && piece.length() <= PIECE_LENGTH_MAX; cut++) {
                Integer left = ids.get(piece.substring(0, cut));
                Integer right = left == null ? null : ids.get(piece.substring(cut));
                if (left != null && right != null) {
                    merges.add(new Merge(piece.substring(0, cut), piece.substring(cut), left, right, score));
                }
            }
        }
        merges.sort(Comparator.comparingDouble(Merge::score)
                .reversed()
                .thenComparingInt(Merge::leftId)
                .thenComparingInt(Merge::rightId));
        return merges;
    }

    private static boolean isText(TokenKind type) {
        return type == TokenKind.NORMAL || type == TokenKind.USER_DEFINED;
    }
}
