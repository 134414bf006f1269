/**
 * What a checkpoint is: its files, architecture, tokenizer and chat template. Knows no device, no HTTP, no SQL.
 */
@NullMarked
package org.carafe.models;

import org.jspecify.annotations.NullMarked;
