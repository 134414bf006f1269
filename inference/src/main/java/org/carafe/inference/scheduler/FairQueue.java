package org.carafe.inference.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Weighted fair queueing between accounts, measured in tokens: the Virtual Token Counter of Sheng et al., "Fairness in Serving Large
 * Language Models" (OSDI 2024), with weights. Each account has a counter of the tokens computed for it divided by its weight; among
 * sequences of equal priority the account with the lowest counter is served first. An account that comes back after a pause starts at
 * the lowest counter of those that are busy, so it can neither save up credit nor shed what it owes.
 */
final class FairQueue<S extends Sequence> {
    /** Idle accounts whose counters are remembered. */
    private static final int IDLE_ACCOUNTS_MAX = 4096;

    /** An account that has sequences, or that had some and used more than its share. */
    static final class Account<S extends Sequence> {
        final String name;
        final double weight;
        double counter;
        /** Better priority first, then older; a preempted sequence is older than what came after it. */
        final PriorityQueue<S> waiting =
                new PriorityQueue<>(Comparator.comparingInt(Sequence::priority).thenComparingLong(Sequence::id));

        int running;

        Account(String name, double weight, double counter) {
            this.name = name;
            this.weight = weight;
            this.counter = counter;
        }

        boolean isBusy() {
            return running > 0 || waiting.size() > 0;
        }
    }

    private final ToDoubleFunction<String> weights;
    private final Map<String, Account<S>> accounts = new HashMap<>();
    /** Those that are busy, for iteration without garbage. */
    private final List<Account<S>> busy = new ArrayList<>();

    /** The lowest counter among busy accounts when it was last looked at; never falls. */
    private double floor;

    private int waiting;

    FairQueue(ToDoubleFunction<String> weights) {
        this.weights = weights;
    }

    int waiting() {
        return waiting;
    }

    /** A new sequence waits. */
    void add(S sequence) {
        enter(sequence.account()).waiting.add(sequence);
        waiting++;
    }

    /** A waiting sequence runs. */
    void admit(S sequence) {
        Account<S> account = known(sequence.account());
        takeFromWaiting(account, sequence);
        account.running++;
    }

    /** A running sequence waits again. */
    void preempt(S sequence) {
        Account<S> account = known(sequence.account());
        account.running--;
        account.waiting.add(sequence);
        waiting++;
    }

    /** A waiting sequence has ended. */
    void withdraw(S sequence) {
        Account<S> account = known(sequence.account());
        takeFromWaiting(account, sequence);
        leaveIfIdle(account);
    }

    /** A running sequence has ended. */
    void finish(S sequence) {
        Account<S> account = known(sequence.account());
        account.running--;
        leaveIfIdle(account);
    }

    private void takeFromWaiting(Account<S> account, S sequence) {
        boolean removed = account.waiting.remove(sequence);
        assert removed : "a waiting sequence stands in its account's queue";
        waiting--;
    }

    void charge(S sequence, int tokens) {
        Account<S> account = known(sequence.account());
        account.counter += tokens / account.weight;
    }

    /** The counter of a waiting or running sequence's account. */
    double counter(S sequence) {
        return known(sequence.account()).counter;
    }

    /** The waiting sequence to serve next. */
    @Nullable
    S next() {
        S best = null;
        double bestCounter = 0;
        for (int i = 0; i < busy.size(); i++) {
            Account<S> account = busy.get(i);
            S head = account.waiting.peek();
            if (head != null && (best == null || isBefore(head, account.counter, best, bestCounter))) {
                best = head;
                bestCounter = account.counter;
            }
        }
        return best;
    }

    /** Priority, then the account's counter, then age. */
    static boolean isBefore(Sequence a, double counterA, Sequence b, double counterB) {
        if (a.priority() != b.priority()) {
            return a.priority() < b.priority();
        }
        return counterA != counterB ? counterA < counterB : a.id() < b.id();
    }

    private Account<S> known(String name) {
        Account<S> account = accounts.get(name);
        assert account != null : "a sequence's account is known";
        return account;
    }

    private Account<S> enter(String name) {
        Account<S> account = accounts.get(name);
        if (account != null && account.isBusy()) {
            return account;
        }
        raiseFloor();
        if (account == null) {
            account = new Account<>(name, weights.applyAsDouble(name), floor);
            accounts.put(name, account);
        }
        account.counter = Math.max(account.counter, floor);
        busy.add(account);
        return account;
    }

    private void leaveIfIdle(Account<S> account) {
        if (account.isBusy()) {
            return;
        }
        raiseFloor();
        busy.remove(account);
        if (account.counter <= floor) {
            accounts.remove(account.name);
        } else if (accounts.size() - busy.size() > IDLE_ACCOUNTS_MAX) {
            forgetIdle();
        }
    }

    /** Forgets idle accounts that owe nothing, or else all of them: what they owe is at most what they used since they came. */
    private void forgetIdle() {
        accounts.values().removeIf(account -> !account.isBusy() && account.counter <= floor);
        Iterator<Account<S>> all = accounts.values().iterator();
        while (all.hasNext() && accounts.size() - busy.size() > IDLE_ACCOUNTS_MAX / 2) {
            if (!all.next().isBusy()) {
                all.remove();
            }
        }
    }

    private void raiseFloor() {
        double lowest = Double.MAX_VALUE;
        for (int i = 0; i < busy.size(); i++) {
            lowest = Math.min(lowest, busy.get(i).counter);
        }
        if (!busy.isEmpty()) {
            floor = Math.max(floor, lowest);
        }
    }
}
