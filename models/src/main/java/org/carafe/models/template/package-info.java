/**
 * Chat templates: conversations to prompt text, as transformers' {@code apply_chat_template} makes it, and which characters
 * of that text came from the caller. Owns the policies (content parts, continuing a message); called by admission and the CLI.
 */
@NullMarked
package org.carafe.models.template;

import org.jspecify.annotations.NullMarked;
