package dev.lamina.bundle;

import dev.lamina.fork.TestJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The bundle as scripts/gpu-bundle.sh makes it, with this test's class path and Java in the place
 * of the packed ones.
 */
final class Bundle {
  private static final String DIGEST = "0123456789abcdef";

  private final Path folder;

  private Bundle(Path folder) {
    this.folder = folder;
  }

  /** What running it brought. */
  record Result(int code, String text) {}

  static Bundle make(Path folder) throws IOException {
    Path project = Path.of("..").toAbsolutePath().normalize();
    Files.createDirectories(folder);
    Files.copy(project.resolve("scripts/run-checks.sh"), folder.resolve("run-checks.sh"));
    copyFolder(project.resolve("scripts/gpu-checks"), folder.resolve("gpu-checks"));
    copyFolder(project.resolve("benchmarks/peers"), folder.resolve("peers"));
    Files.writeString(folder.resolve("VERSION"), "of a test\n");
    Files.writeString(folder.resolve("payload.sha256"), DIGEST + "  payload.tar.xz\n");
    Path payload = folder.resolve("unpacked-" + DIGEST);
    Path java = Files.createDirectories(payload.resolve("runtime/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexec '" + TestJvm.java() + "' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    writeClassPath(Files.createDirectories(payload.resolve("lib")).resolve("all.jar"));
    return new Bundle(folder);
  }

  /** A jar with nothing but this test's class path in its manifest. */
  private static void writeClassPath(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, TestJvm.manifestClassPath());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream written = new JarOutputStream(out, manifest)) {
      written.finish();
    }
  }

  private static void copyFolder(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Runs the checks on the device that the environment names. */
  Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("/bin/bash", folder.resolve("run-checks.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    // The system's own programs, among which is no PyTorch.
    builder.environment().put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), text);
  }
}
