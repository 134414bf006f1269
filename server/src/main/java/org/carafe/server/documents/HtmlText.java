package org.carafe.server.documents;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeVisitor;

/** What a reader sees of a page: its title, paragraphs and list items; no scripts, styles or hidden elements. */
final class HtmlText implements NodeVisitor {
    private static final int DEPTH_MAX = 512;

    private final StringBuilder out = new StringBuilder();

    private HtmlText() {}

    /** Of bytes, in the encoding that the page names, else UTF-8. */
    static String of(byte[] html) {
        try {
            return text(Jsoup.parse(new ByteArrayInputStream(html), null, "", parser()));
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory", e);
        }
    }

    static String of(String html) {
        return text(Jsoup.parse(html, "", parser()));
    }

    private static Parser parser() {
        return Parser.htmlParser().setMaxDepth(DEPTH_MAX);
    }

    private static String text(Document page) {
        page.select("script, style, noscript, template, svg, iframe, object, [hidden]")
                .remove();
        HtmlText text = new HtmlText();
        String title = page.title().strip();
        if (!title.isEmpty()) {
            text.out.append(title).append("\n\n");
        }
        page.body().traverse(text);
        return text.out.toString();
    }

    @Override
    public void head(Node node, int depth) {
        switch (node) {
            case TextNode words when parentIs(words, "pre", "textarea") -> out.append(words.getWholeText());
            case TextNode words -> append(words.text());
            case Element element when element.nameIs("br") -> out.append('\n');
            case Element element when element.nameIs("li") -> breakLine("\n- ");
            case Element element when element.nameIs("tr") -> breakLine("\n");
            case Element element when element.nameIs("td") || element.nameIs("th") -> append(" ");
            case Element element when element.isBlock() -> breakLine("\n\n");
            default -> {}
        }
    }

    @Override
    public void tail(Node node, int depth) {
        boolean inner = node instanceof Element element
                && element.isBlock()
                && !element.nameIs("li")
                && !element.nameIs("tr")
                && !element.nameIs("td")
                && !element.nameIs("th");
        if (inner) {
            breakLine("\n\n");
        }
    }

    private static boolean parentIs(TextNode node, String... names) {
        Element parent = node.parent();
        return parent != null && Arrays.stream(names).anyMatch(parent::nameIs);
    }

    private void breakLine(String with) {
        int end = out.length();
        while (end > 0 && out.charAt(end - 1) == ' ') {
            end--;
        }
        out.setLength(end);
        boolean broken =
                with.equals("\n\n") && out.length() > 1 && out.charAt(end - 1) == '\n' && out.charAt(end - 2) == '\n';
        if (end > 0 && !broken) {
            out.append(with);
        }
    }

    private void append(String words) {
        boolean spaced = out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
        out.append(spaced ? words.stripLeading() : words);
    }
}
