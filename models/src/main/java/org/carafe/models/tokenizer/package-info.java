/**
 * Text to token ids by DJL's Hugging Face binding, and token ids back to text, incrementally. Owns the native tokenizer;
 * called by admission (encode) and by each generation's reader (decode).
 */
@NullMarked
package org.carafe.models.tokenizer;

import org.jspecify.annotations.NullMarked;
