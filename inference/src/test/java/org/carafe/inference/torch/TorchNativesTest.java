package org.carafe.inference.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Utils;
import org.junit.jupiter.api.Test;

class TorchNativesTest {
    @Test
    void librariesComeFromTheClassPathAndDjlMayDownloadNone() {
        assertThat(TorchNatives.load().getEngineName()).isEqualTo(TorchNatives.ENGINE);
        assertThat(Utils.isOfflineMode()).isTrue();
    }
}
