/** Figures for people and programs: a table, a JSON document, a plot. Owns nothing; called by the bench commands. */
@NullMarked
package org.carafe.bench.report;

import org.jspecify.annotations.NullMarked;
