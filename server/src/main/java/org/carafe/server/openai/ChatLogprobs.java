package org.carafe.server.openai;

import java.util.List;
import org.carafe.inference.text.TokenLogprob;

/** Chat's form of log-probabilities. */
final class ChatLogprobs {
    private ChatLogprobs() {}

    static void write(JsonBuffer out, List<TokenLogprob> logprobs) {
        out.open().name("content").openArray();
        for (TokenLogprob logprob : logprobs) {
            out.open();
            entry(out, logprob.token());
            out.name("top_logprobs").openArray();
            for (TokenLogprob.Entry alternative : logprob.top()) {
                out.open();
                entry(out, alternative);
                out.close();
            }
            out.closeArray().close();
        }
        out.closeArray().close();
    }

    private static void entry(JsonBuffer out, TokenLogprob.Entry entry) {
        out.name("token").text(entry.text());
        out.name("logprob").number(entry.logprob());
        out.name("bytes").openArray();
        for (byte one : entry.bytes()) {
            out.number(one & 0xff);
        }
        out.closeArray();
    }
}
