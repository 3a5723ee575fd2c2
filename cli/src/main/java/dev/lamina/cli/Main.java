package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The entry point. Exit codes: 0 for success, 2 for a mistake that the user can mend (one message,
 * no stack trace), 1 for a defect of Lamina (with its stack trace), 130 after Ctrl-C, 141 where the
 * reader of standard output has gone.
 */
@Command(
    name = "lamina",
    sortOptions = false,
    description = "Trains, evaluates and uses multilayer perceptrons on CPUs and NVIDIA GPUs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      DevicesCommand.class,
      BenchCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "SRC, where data come from:",
      "  digits[:N]  generated digits; others to learn from than to test on",
      "  idx:FOLDER  MNIST's files, plain or .gz: train-* to learn from, else t10k-*",
      "  csv:FILE    a table with a target column (--target; else the last), with",
      "              texts, dates and gaps; FILE may be a pattern as days/*.csv",
      "  parquet:FILE, json:FILE, sql:QUERY",
      "              so are these; QUERY is one SELECT of DuckDB over such files",
      "",
      "'lamina help COMMAND' explains a command. Exit codes: 0 done, 2 a mistake that",
      "the message tells how to mend, 1 a defect of Lamina, 130 after Ctrl-C."
    })
public final class Main implements Runnable {
  static final int USER_ERROR = 2;

  @Spec private CommandSpec spec;

  /** For picocli. */
  public Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    StandardOutput out = new StandardOutput();
    PrintWriter err =
        new PrintWriter(System.err, true, StandardOutput.encoding(System.err.charset()));
    System.exit(out.finish(run(out.writer(), err, arguments), err));
  }

  /** Says what went wrong. What files hold must not control the terminal. */
  static void complain(PrintWriter err, String message) {
    err.println("lamina: " + Quote.message(message));
    err.flush();
  }

  /** Runs the command with these outputs and returns the exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    try {
      return commandLine().setOut(out).setErr(err).execute(arguments);
    } catch (OutOfMemoryError e) {
      complain(
          err,
          String.valueOf(e.getMessage()).contains("thread")
              ? "the system allows no more threads ("
                  + e.getMessage()
                  + "): raise the limit of processes (ulimit -u), or use fewer by --threads"
              : "not enough memory ("
                  + e.getMessage()
                  + "): use fewer samples, smaller batches or narrower layers, or give Java more,"
                  + " as in LAMINA_JAVA_OPTIONS=-Xmx8g");
      return USER_ERROR;
    }
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Main())
        .registerConverter(Path.class, new UserPath())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::parameterError)
        .setExecutionExceptionHandler(Main::executionError);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new ParameterException(spec.commandLine(), "name a command, for a start: lamina train");
  }

  private static int parameterError(ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    PrintWriter err = command.getErr();
    complain(err, error.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(error, err)) {
      err.println("'" + command.getCommandSpec().qualifiedName() + " --help' lists what there is.");
    }
    err.flush();
    return USER_ERROR;
  }

  private static int executionError(
      Exception error, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (error instanceof LaminaException) {
      complain(err, error.getMessage());
      return USER_ERROR;
    }
    err.println("lamina: this is a defect of Lamina; please report it with what follows:");
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    err.print(Quote.message(trace.toString()));
    err.flush();
    return 1;
  }
}
