package dev.lamina.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The programs that build the emulator: g++ and nm, found on PATH. */
record Toolchain(Path compiler, Path symbols) {

  /** Empty where g++ or nm is missing. */
  static Optional<Toolchain> find() {
    Optional<Path> compiler = onPath("g++");
    Optional<Path> symbols = onPath("nm");
    return compiler.isPresent() && symbols.isPresent()
        ? Optional.of(new Toolchain(compiler.get(), symbols.get()))
        : Optional.empty();
  }

  private static Optional<Path> onPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return Optional.empty();
    }
    return List.of(path.split(":")).stream()
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  String version() {
    return run(List.of(compiler.toString(), "--version"));
  }

  /**
   * What the compiler prints on standard output; fails with what it says if it does not succeed.
   */
  String compile(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(compiler.toString());
    command.addAll(arguments);
    return run(command);
  }

  /** The names of the symbols of a kind, as nm's letters say, that an object or library has. */
  List<String> symbols(Path file, String option) {
    List<String> names = new ArrayList<>();
    for (String line : run(List.of(symbols.toString(), option, file.toString())).split("\n")) {
      String[] words = line.trim().split("\\s+");
      names.add(words[words.length - 1].replaceFirst("@.*", ""));
    }
    return names;
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output;
      try (InputStream in = process.getInputStream()) {
        output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(
            "exit status " + status + " of: " + String.join(" ", command) + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
    }
  }

  /** Runs all tasks, as many at once as there are processors; the first failure is thrown. */
  static <T> List<T> inParallel(List<Callable<T>> tasks) {
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService pool = Executors.newFixedThreadPool(processors)) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : pool.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while building", e);
    }
  }
}
