/** The server process: HTTP dialects, authentication, admission, metrics, configuration and the command line. Touches no tensors. */
@NullMarked
package org.carafe.server;

import org.jspecify.annotations.NullMarked;
