package org.carafe.inference.torch;

import java.util.stream.IntStream;
import org.carafe.models.architecture.AttentionSpec;
import org.carafe.models.architecture.LayerSpec;
import org.carafe.models.architecture.MlpSpec;
import org.carafe.models.architecture.ModelSpec;
import org.carafe.models.architecture.TensorNames;

/**
 * The Hugging Face definitions in plain float64 loops, written without a look at the program: no cache, no batches, one position after
 * the other over all layers.
 */
final class ReferenceModel {
    private final RandomCheckpoint weights;
    private final ModelSpec spec;
    private final int servedContext;

    ReferenceModel(RandomCheckpoint weights, int servedContext) {
        this.weights = weights;
        this.spec = weights.spec();
        this.servedContext = servedContext;
    }

    /** Logits of every position. */
    double[][] logits(int[] tokens) {
        double[][] embedding = weights.matrix(TensorNames.EMBEDDING);
        double[][] x = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            x[t] = scaled(embedding[tokens[t]], spec.embeddingScale());
        }
        for (int i = 0; i < spec.layers().size(); i++) {
            layer(i, spec.layers().get(i), x);
        }
        double[][] head = spec.tiedEmbeddings() ? embedding : weights.matrix(TensorNames.OUTPUT_HEAD);
        double[][] logits = new double[tokens.length][];
        for (int t = 0; t < tokens.length; t++) {
            logits[t] = times(head, norm(x[t], TensorNames.FINAL_NORM), null);
            for (int v = 0; spec.logitSoftcap() > 0 && v < logits[t].length; v++) {
                logits[t][v] = capped(logits[t][v], spec.logitSoftcap());
            }
        }
        return logits;
    }

    private void layer(int i, LayerSpec layer, double[][] x) {
        double[][] normed = normAll(x, TensorNames.weight(i, TensorNames.ATTENTION_NORM));
        double[][] a = attention(i, layer.attention(), normed);
        if (layer.sandwichNorms()) {
            a = normAll(a, TensorNames.weight(i, TensorNames.POST_ATTENTION_NORM));
        }
        addAll(x, a);
        String before = layer.sandwichNorms() ? TensorNames.PRE_MLP_NORM : TensorNames.POST_ATTENTION_NORM;
        double[][] m = normAll(x, TensorNames.weight(i, before));
        for (int t = 0; t < x.length; t++) {
            m[t] = mlp(i, layer.mlp(), m[t]);
        }
        if (layer.sandwichNorms()) {
            m = normAll(m, TensorNames.weight(i, TensorNames.POST_MLP_NORM));
        }
        addAll(x, m);
    }

    private double[][] attention(int i, AttentionSpec a, double[][] x) {
        double[][][] q = heads(i, TensorNames.QUERY, a.heads(), a, x);
        double[][][] k = heads(i, TensorNames.KEY, a.kvHeads(), a, x);
        double[][][] v = heads(i, TensorNames.VALUE, a.kvHeads(), a, x);
        double[] frequencies = a.rope().inverseFrequencies(a.headDim(), servedContext);
        for (int t = 0; t < x.length; t++) {
            for (int h = 0; h < a.heads(); h++) {
                q[t][h] = rotated(qkNormed(i, TensorNames.QUERY_NORM, a, q[t][h]), t, frequencies);
            }
            for (int h = 0; h < a.kvHeads(); h++) {
                k[t][h] = rotated(qkNormed(i, TensorNames.KEY_NORM, a, k[t][h]), t, frequencies);
            }
        }
        double[][] output = weights.matrix(TensorNames.weight(i, TensorNames.ATTENTION_OUTPUT));
        double[] bias = a.outputBias() ? vector(TensorNames.bias(i, TensorNames.ATTENTION_OUTPUT)) : null;
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] joined = new double[a.heads() * a.headDim()];
            int first = a.slidingWindow() == 0 ? 0 : Math.max(0, t - a.slidingWindow() + 1);
            for (int h = 0; h < a.heads(); h++) {
                int g = h / (a.heads() / a.kvHeads());
                double[] scores = new double[t + 1 - first];
                for (int s = first; s <= t; s++) {
                    double score = dot(q[t][h], k[s][g]) * a.scale();
                    scores[s - first] = a.logitSoftcap() > 0 ? capped(score, a.logitSoftcap()) : score;
                }
                double[] chance = softmax(scores);
                for (int s = first; s <= t; s++) {
                    for (int d = 0; d < a.headDim(); d++) {
                        joined[h * a.headDim() + d] += chance[s - first] * v[s][g][d];
                    }
                }
            }
            y[t] = times(output, joined, bias);
        }
        return y;
    }

    private double[][][] heads(int i, String part, int heads, AttentionSpec a, double[][] x) {
        double[][] weight = weights.matrix(TensorNames.weight(i, part));
        double[] bias = a.qkvBias() ? vector(TensorNames.bias(i, part)) : null;
        double[][][] split = new double[x.length][heads][a.headDim()];
        for (int t = 0; t < x.length; t++) {
            double[] flat = times(weight, x[t], bias);
            for (int h = 0; h < heads; h++) {
                System.arraycopy(flat, h * a.headDim(), split[t][h], 0, a.headDim());
            }
        }
        return split;
    }

    private double[] qkNormed(int i, String part, AttentionSpec a, double[] head) {
        return a.qkNorm() ? norm(head, TensorNames.weight(i, part)) : head;
    }

    private static double[] rotated(double[] head, int position, double[] frequencies) {
        int half = head.length / 2;
        double[] y = new double[head.length];
        for (int i = 0; i < half; i++) {
            double angle = position * frequencies[i];
            y[i] = head[i] * Math.cos(angle) - head[i + half] * Math.sin(angle);
            y[i + half] = head[i + half] * Math.cos(angle) + head[i] * Math.sin(angle);
        }
        return y;
    }

    private double[] mlp(int i, MlpSpec mlp, double[] x) {
        return switch (mlp) {
            case MlpSpec.Gated g ->
                gated(i, TensorNames.GATE, TensorNames.UP, TensorNames.DOWN, g.activation(), g.bias(), x);
            case MlpSpec.Experts e -> {
                double[] chance = softmax(times(weights.matrix(TensorNames.weight(i, TensorNames.ROUTER)), x, null));
                int[] best = IntStream.range(0, e.experts())
                        .boxed()
                        .sorted((p, q) -> Double.compare(chance[q], chance[p]))
                        .limit(e.expertsPerToken())
                        .mapToInt(Integer::intValue)
                        .toArray();
                double sum = IntStream.of(best).mapToDouble(b -> chance[b]).sum();
                double[] y = new double[x.length];
                for (int b : best) {
                    String gate = TensorNames.expertGate(b);
                    add(
                            y,
                            scaled(
                                    gated(
                                            i,
                                            gate,
                                            TensorNames.expertUp(b),
                                            TensorNames.expertDown(b),
                                            e.activation(),
                                            false,
                                            x),
                                    chance[b] / sum));
                }
                yield y;
            }
        };
    }

    private double[] gated(
            int i, String gate, String up, String down, MlpSpec.Activation activation, boolean bias, double[] x) {
        double[] g = linear(i, gate, bias, x);
        double[] u = linear(i, up, bias, x);
        for (int j = 0; j < g.length; j++) {
            g[j] = u[j]
                    * switch (activation) {
                        case SILU -> g[j] / (1 + Math.exp(-g[j]));
                        case GELU_TANH ->
                            0.5
                                    * g[j]
                                    * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (g[j] + 0.044715 * g[j] * g[j] * g[j])));
                        case GELU_ERF -> g[j] * normalCdf(g[j]);
                    };
        }
        return linear(i, down, bias, g);
    }

    /** Phi by its power series, exact to float64 for the arguments that occur here. */
    private static double normalCdf(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private double[] linear(int i, String part, boolean bias, double[] x) {
        return times(weights.matrix(TensorNames.weight(i, part)), x, bias ? vector(TensorNames.bias(i, part)) : null);
    }

    private double[] vector(String name) {
        return weights.matrix(name)[0];
    }

    private double[] norm(double[] x, String name) {
        double[] weight = vector(name);
        double root = Math.sqrt(dot(x, x) / x.length + spec.norm().epsilon());
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] / root * (spec.norm().weightPlusOne() ? 1 + weight[i] : weight[i]);
        }
        return y;
    }

    private double[][] normAll(double[][] x, String name) {
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = norm(x[t], name);
        }
        return y;
    }

    private static void addAll(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            add(x[t], y[t]);
        }
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }

    private static double[] times(double[][] matrix, double[] x, double[] bias) {
        double[] y = new double[matrix.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = dot(matrix[i], x) + (bias == null ? 0 : bias[i]);
        }
        return y;
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static double[] softmax(double[] x) {
        double max = java.util.Arrays.stream(x).max().orElseThrow();
        double[] y = java.util.Arrays.stream(x).map(v -> Math.exp(v - max)).toArray();
        return scaled(y, 1 / java.util.Arrays.stream(y).sum());
    }

    private static double[] scaled(double[] x, double factor) {
        return java.util.Arrays.stream(x).map(v -> v * factor).toArray();
    }

    private static double capped(double x, double cap) {
        return cap * Math.tanh(x / cap);
    }
}
