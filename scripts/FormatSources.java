import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Checks or rewrites the layout of every Java source below the working directory with
 * google-java-format. The Maven build runs it with the toolchain's {@code java}, because the
 * formatter parses with the compiler of the JVM it runs in: inside a Maven on JDK 17 it would not
 * understand Java 25.
 *
 * <p>Use: {@code java -cp FORMATTER scripts/FormatSources.java check|write STAMP REPORT}. The stamp
 * remembers what was last found in order, so that an unchanged tree costs nothing. The report says
 * what is not in order and how to mend it; where all is well it is empty. A later step of the build
 * stops with its text, which a failing process could not hand to Maven.
 */
final class FormatSources {
  private FormatSources() {}

  public static void main(String[] arguments) throws IOException {
    boolean write = arguments[0].equals("write");
    Path stamp = Path.of(arguments[1]);
    Path report = Path.of(arguments[2]);
    List<Path> sources = sources(Path.of(""));
    Files.createDirectories(report.toAbsolutePath().getParent());
    Files.writeString(report, "");
    if (Files.exists(stamp) && Files.readString(stamp).equals(state(sources))) {
      return;
    }
    String complaint = format(sources, write);
    if (complaint.isEmpty()) {
      Files.writeString(stamp, state(sources));
    } else {
      Files.writeString(report, complaint);
    }
  }

  /** What is wrong with the sources, in words; empty where nothing is. */
  private static String format(List<Path> sources, boolean write) {
    List<String> command = new ArrayList<>();
    command.add(write ? "--replace" : "--dry-run");
    sources.forEach(source -> command.add(source.toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ToolProvider.findFirst("google-java-format")
            .orElseThrow(
                () -> new IllegalStateException("google-java-format is not on the class path"))
            .run(new PrintWriter(out), new PrintWriter(err), command.toArray(String[]::new));
    if (code != 0) {
      return "google-java-format cannot read these sources:\n" + err.toString().indent(2);
    }
    if (!write && !out.toString().isBlank()) {
      return "These sources are not laid out as google-java-format does it:\n"
          + out.toString().indent(2)
          + "To mend that, run: mvn -N -Pformat initialize";
    }
    return "";
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean foreign = name.equals("target") || name.length() > 1 && name.startsWith(".");
            return foreign ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources.stream().sorted().toList();
  }

  /** One line for each file, with what changes when the file does. */
  private static String state(List<Path> sources) throws IOException {
    StringBuilder state = new StringBuilder();
    for (Path source : sources) {
      state.append(source).append(' ').append(Files.size(source)).append(' ');
      state.append(Files.getLastModifiedTime(source).toMillis()).append('\n');
    }
    return state.toString();
  }
}
