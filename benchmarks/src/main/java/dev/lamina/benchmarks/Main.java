package dev.lamina.benchmarks;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backends;
import dev.lamina.benchmarks.model.NodeModel;
import dev.lamina.benchmarks.report.Machine;
import dev.lamina.benchmarks.report.ResultTable;
import dev.lamina.benchmarks.report.Row;
import dev.lamina.benchmarks.report.RunReport;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.util.Version;

/**
 * The benchmarks' command: JMH on every device that can be used, then a table with rates and their
 * shares of what the device can do. Takes JMH's options, and {@link MainOptions} of its own.
 */
public final class Main {
  private static final int USER_ERROR = 2;

  private Main() {}

  /** Runs the benchmarks; exit code 2 for a mistake in the options, 1 for a failed run. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (!NodeModel.isAsked(arguments) && Relaunch.isNeeded()) {
      System.exit(Relaunch.run(Main.class, arguments));
    }
    try {
      if (NodeModel.isAsked(arguments)) {
        NodeModel.run(System.out, arguments);
        return;
      }
      run(MainOptions.parse(arguments), arguments);
    } catch (CommandLineOptionException | LaminaException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(USER_ERROR);
    } catch (RunnerException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(MainOptions own, String[] arguments)
      throws IOException, CommandLineOptionException, RunnerException {
    CommandLineOptions user = new CommandLineOptions(own.jmh().toArray(String[]::new));
    if (user.shouldHelp()
        || user.shouldList()
        || user.shouldListWithParams()
        || user.shouldListProfilers()
        || user.shouldListResultFormats()) {
      org.openjdk.jmh.Main.main(own.jmh().toArray(String[]::new));
      if (user.shouldHelp()) {
        System.out.print(MainOptions.USAGE);
      }
      return;
    }
    DeviceSelection selection =
        user.getParameter("device").hasValue()
            ? DeviceSelection.of(Backends.providers(), user.getParameter("device").get())
            : DeviceSelection.usable(Backends.providers());
    print(selection);
    OutputFormat output =
        OutputFormatFactory.createFormatInstance(
            log(user), user.verbosity().orElse(Defaults.VERBOSITY));
    DeviceRuns runs = new DeviceRuns(user, own.ceilings());
    Map<String, Options> plan = runs.plan(selection.devices().keySet(), output);
    List<RunResult> results = runs.run(plan, output);
    output.close();
    if (results.isEmpty()) {
      throw new RunnerException("no benchmark gave a result, see above");
    }
    writeAsJmhDoes(user, results);
    report(own, arguments, selection, results.stream().map(Row::of).toList());
  }

  private static void print(DeviceSelection selection) {
    selection.devices().forEach((name, r) -> System.out.println(name + ": " + r.name()));
    selection.skipped().forEach(System.out::println);
    System.out.println();
  }

  /** Where JMH writes its progress: standard output, or the file of its option {@code -o}. */
  private static PrintStream log(Options user) throws IOException {
    return user.getOutput().hasValue()
        ? new PrintStream(new FileOutputStream(user.getOutput().get()))
        : System.out;
  }

  /** The options {@code -rf} and {@code -rff}; JMH alone would keep the last device's results. */
  private static void writeAsJmhDoes(Options user, List<RunResult> results) {
    if (user.getResult().hasValue() || user.getResultFormat().hasValue()) {
      ResultFormatType type = user.getResultFormat().orElse(Defaults.RESULT_FORMAT);
      String file =
          user.getResult()
              .orElse(Defaults.RESULT_FILE_PREFIX + "." + type.name().toLowerCase(Locale.ROOT));
      ResultFormatFactory.getInstance(type, file).writeOut(results);
    }
  }

  private static void report(
      MainOptions own, String[] arguments, DeviceSelection selection, List<Row> rows)
      throws IOException {
    System.out.println();
    System.out.print(new ResultTable(rows));
    selection.skipped().forEach(System.out::println);
    if (own.results() != null) {
      Map<String, String> versions = new LinkedHashMap<>();
      String version = Main.class.getPackage().getImplementationVersion();
      versions.put("Lamina", version == null ? "of the working tree" : version);
      versions.put("JMH", Version.getPlainVersion());
      RunReport report =
          new RunReport(
              Machine.here(),
              versions,
              List.copyOf(selection.devices().values()),
              selection.skipped(),
              String.join(" ", arguments),
              rows);
      for (Path file : report.write(own.results())) {
        System.out.println("written: " + file);
      }
    }
  }
}
