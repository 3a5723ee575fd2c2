package dev.lamina.suite;

import dev.lamina.cuda.formula.FormulaCompiler;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NvrtcLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that compiles each {@code .cu} file of a folder to a {@code .ptx} file beside it. */
final class NvrtcCompilation {
  /** Exit status where no NVRTC is found. */
  static final int NO_LIBRARY = 3;

  private static final int DRIVER = 13_000;

  private NvrtcCompilation() {}

  public static void main(String[] arguments) throws IOException {
    Optional<NvrtcLibrary> library = NvrtcLibrary.find(Environment.system(), DRIVER);
    if (library.isEmpty()) {
      System.exit(NO_LIBRARY);
    }
    List<Path> units;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      units = files.filter(f -> f.toString().endsWith(".cu")).sorted().toList();
    }
    for (Path unit : units) {
      String name = unit.getFileName().toString();
      Files.writeString(
          unit.resolveSibling(name.replace(".cu", ".ptx")),
          FormulaCompiler.compile(library.get().nvrtc(), Files.readString(unit), name));
    }
  }
}
