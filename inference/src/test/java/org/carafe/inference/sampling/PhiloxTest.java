package org.carafe.inference.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The known answers of the authors' Random123 library (tests/kat_vectors, philox4x32 10); output words 0 and 1. */
    @Test
    void itGivesTheKnownAnswersOfItsAuthors() {
        assertThat(Philox.bits(0, 0, 0)).isEqualTo(0xE169C58D_6627E8D5L);
        assertThat(Philox.bits(-1, -1, -1)).isEqualTo(0x41C83B0E_408F276DL);
        assertThat(Philox.bits(0x299F31D0_A4093822L, 0x85A308D3_243F6A88L, 0x03707344_13198A2EL))
                .isEqualTo(0x94FDCCEB_D16CFE09L);
    }

    @Test
    void aPlaceHasItsNumberWhateverWasAskedBefore() {
        long first = Philox.bits(42, 7);
        for (int i = 0; i < 100; i++) {
            Philox.bits(i, i);
        }

        assertThat(Philox.bits(42, 7)).isEqualTo(first).isNotEqualTo(Philox.bits(42, 8));
    }
}
