package org.carafe.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the shell answers a mistake. */
final class ShellMistakesTest {
    /** Nothing is ever made in it. */
    @TempDir
    private static Path untouched;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    accounts show nobody                        | there is no account 'nobody'
                    accounts create a --plan none-such          | there is no plan 'none-such'
                    accounts create a --monthly-credits lots    | 'lots' is not an amount of credits such as 12.5
                    accounts create a --monthly-credits 1e3     | '1e3' is not an amount
                    accounts create a --daily-credits -1        | must be between 0 and
                    accounts create a --rpm 0                   | requests per minute must be between 1 and
                    accounts create a --rpm many                | 'many' is neither a whole number nor 'none'
                    accounts create a --error-style loud        | error-style
                    accounts                                    | Missing required subcommand
                    accounts creat a                            | creat
                    accounts list --limit 0                     | the number of rows must be between 1 and 1000, not 0
                    credits add nobody 1 --reason r             | there is no account 'nobody'
                    credits add nobody 1                        | Missing required option: '--reason=TEXT'
                    credits add nobody 0.0000001 --reason r     | at most 6 decimals
                    credits reverse 12x --reason r              | a transaction's id is a number, not '12x'
                    keys show key_0                             | there is no key 'key_0'
                    keys create --account nobody                | there is no account 'nobody'
                    keys create --account a --expires soon      | 'soon' is no instant such as 2027-01-01T00:00:00Z
                    keys create --management --rpm 5            | a management key has no limits: it cannot infer
                    keys rotate key_0 --grace 24                | '24' is no duration
                    channels show ../../etc/passwd              | there is no channel '../../etc/passwd'
                    channels create c --account a               | Missing required option: '--model=M'
                    assistants create a                         | Missing required option: '--model=M'
                    prices set m --prompt 1                     | Missing required option: '--completion=Y'
                    usage --by year                             | --by
                    usage --from 2026-02-30                     | --from
                    usage --from 2026-02-02 --to 2026-02-01     | is after the last
                    accounts list --db jdbc:mysql://x           | --db must begin with jdbc:postgresql://
                    """)
    void aMistakeIsOneLineThatNamesIt(String command, String message) {
        assertThat(new Shell(untouched).complaint(command.split(" +", -1))).contains(message);
    }
}
