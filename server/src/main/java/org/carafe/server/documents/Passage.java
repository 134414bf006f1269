package org.carafe.server.documents;

/**
 * A piece of a document.
 *
 * @param documentId {@code doc_...}
 * @param documentName as it was uploaded
 * @param number within its document, from 1
 */
public record Passage(String documentId, String documentName, int number, String text) {}
