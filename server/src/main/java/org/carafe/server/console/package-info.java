/**
 * What a person sees on stderr while something takes its time: a bar on a terminal, plain lines elsewhere. Owns nothing between calls;
 * called by the command lines of server and bench.
 */
@NullMarked
package org.carafe.server.console;

import org.jspecify.annotations.NullMarked;
