package org.carafe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Peers that are not where the command line says, or that it says nothing of. */
final class PeersTest {
    private static final Workload WORK = new Workload(512, 128, 16, 32, 40, 2);

    @TempDir
    private Path directory;

    private Peers peers(String scripts, String lab) {
        return new Peers(Path.of(scripts), Path.of(lab), WORK, 0);
    }

    @Test
    void foldersThatNobodyNamedAreAskedFor() {
        assertThatThrownBy(() -> peers("", directory.toString()).llamaCpp(directory))
                .isInstanceOf(Peers.MissingException.class)
                .hasMessage("llama.cpp: --peers-dir or CARAFE_PEERS names the folder of the peers' scripts");
        assertThatThrownBy(() -> peers(directory.toString(), "").jlama(Peers.JlamaWeights.bf16, directory, 1))
                .isInstanceOf(Peers.MissingException.class)
                .hasMessage("Jlama: --lab or LAB names the folder where their setup.sh put the peers");
    }

    @Test
    void whatIsMissingInThemIsNamed() throws Exception {
        Peers named = peers(directory.toString(), directory.toString());
        assertThatThrownBy(() -> named.llamaCpp(directory.resolve("bf16.gguf")))
                .isInstanceOf(Peers.MissingException.class)
                .hasMessageContaining("no peer_llamacpp.py in " + directory);
        Files.writeString(directory.resolve("peer_llamacpp.py"), "");
        assertThatThrownBy(() -> named.llamaCpp(directory.resolve("bf16.gguf")))
                .isInstanceOf(Peers.MissingException.class)
                .hasMessageContaining("setup.sh");
        Files.createDirectories(directory.resolve("npm/node_modules"));
        assertThatThrownBy(() -> named.llamaCpp(directory.resolve("bf16.gguf")))
                .isInstanceOf(Peers.MissingException.class)
                .hasMessageContaining("no " + directory.resolve("bf16.gguf"));
    }

    @Test
    void theCommandLineNamesNoFolderOfItsOwn() {
        CommandLine line = new CommandLine(new PeersCommand());

        line.parseArgs("--model", directory.toString());

        String usage = line.getUsageMessage(CommandLine.Help.Ansi.OFF);
        assertThat(usage).contains("CARAFE_PEERS").contains("environment's LAB").doesNotContain("/tmp", "../");
    }
}
