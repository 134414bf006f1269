package org.carafe.server.bookkeeping;

import org.carafe.server.auth.Door;
import org.carafe.server.ledger.db.DatabaseSettings;
import org.carafe.server.limits.LimitsPlace;
import org.carafe.server.secret.MasterKey;

/**
 * What a server's ledger is opened with.
 *
 * @param door who is let in without a key
 * @param limits where the limits of a minute are counted
 */
public record BookkeepingSettings(DatabaseSettings database, MasterKey masterKey, Door door, LimitsPlace limits) {}
