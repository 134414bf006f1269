package org.carafe.server.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses that begin with the same bits, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}.
 *
 * @param bits how many
 */
public record IpRange(InetAddress network, int bits) {
    private static final int CHARS_MAX = 64;
    private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /**
     * Reads a range, or a single address.
     *
     * @throws IllegalArgumentException one line that names it
     */
    public static IpRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress network =
                address(slash < 0 ? text : text.substring(0, slash)).orElse(null);
        if (network != null) {
            int bitsMax = network.getAddress().length * 8;
            String bits = slash < 0 ? Integer.toString(bitsMax) : text.substring(slash + 1);
            if (bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= bitsMax) {
                return new IpRange(network, Integer.parseInt(bits));
            }
        }
        String shown = text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "…" : text;
        throw new IllegalArgumentException(
                "'" + shown + "' is no range of addresses such as 10.0.0.0/8 or 2001:db8::/32");
    }

    /** An address as it is written, an IPv6 one perhaps in brackets or with its zone. No name is looked up. */
    public static Optional<InetAddress> address(String text) {
        String literal = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        int zone = literal.indexOf('%');
        literal = zone < 0 ? literal : literal.substring(0, zone);
        if (literal.length() > CHARS_MAX
                || (literal.indexOf(':') < 0 && !DOTTED.matcher(literal).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As {@link #parse} reads it, and as an administrator would write it: {@code 2001:db8::/32}. */
    @Override
    public String toString() {
        String text = network.getHostAddress();
        return (network instanceof Inet6Address ? shortened(text.split(":")) : text) + "/" + bits;
    }

    /** With {@code ::} in place of the first of the longest runs of two or more zeros. */
    private static String shortened(String[] groups) {
        int from = 0;
        int length = 1;
        int zeros = 0;
        for (int i = 0; i < groups.length; i++) {
            zeros = groups[i].equals("0") ? zeros + 1 : 0;
            if (zeros > length) {
                length = zeros;
                from = i + 1 - zeros;
            }
        }
        return length == 1
                ? String.join(":", groups)
                : String.join(":", Arrays.copyOfRange(groups, 0, from)) + "::"
                        + String.join(":", Arrays.copyOfRange(groups, from + length, groups.length));
    }

    /** Whether the address is one of them. */
    public boolean contains(InetAddress address) {
        byte[] given = address.getAddress();
        byte[] first = network.getAddress();
        if (given.length != first.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((first[i / 8] & mask) != (given[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
