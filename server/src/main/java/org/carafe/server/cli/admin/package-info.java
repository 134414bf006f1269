/**
 * The acts of an administrator as subcommands: they open the ledger themselves, whether or not a server runs on it. Owns their options and
 * their tables; what they do, and their JSON, is {@code server.admin}'s. Called by the command line alone.
 */
@NullMarked
package org.carafe.server.cli.admin;

import org.jspecify.annotations.NullMarked;
