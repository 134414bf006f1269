/**
 * The command line: reads every setting once, puts the process together and takes it down on signals. Owns stdout, stderr, exit
 * codes and progress bars; only {@link org.carafe.server.Main} calls it.
 */
@NullMarked
package org.carafe.server.cli;

import org.jspecify.annotations.NullMarked;
