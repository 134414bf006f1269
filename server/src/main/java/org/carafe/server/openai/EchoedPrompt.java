package org.carafe.server.openai;

/**
 * A prompt as a text completion may return it.
 *
 * @param text the caller's text, or the text of the caller's ids
 * @param ids its token ids
 * @param firstToken text of the first id, which has no log-probability
 * @param firstTokenBytes its UTF-8; empty where it is special, as it has no part in {@code text} then
 */
@SuppressWarnings("ArrayRecordComponent") // written out, never compared
public record EchoedPrompt(String text, int[] ids, String firstToken, byte[] firstTokenBytes) {}
