/**
 * Every act of an administrator: it checks what it is told, changes the ledger and writes the audit log, all in one transaction. Owns what
 * acts answer and how that looks as JSON; called by the shell and by the admin API alike, which therefore print the same.
 */
@NullMarked
package org.carafe.server.admin;

import org.jspecify.annotations.NullMarked;
