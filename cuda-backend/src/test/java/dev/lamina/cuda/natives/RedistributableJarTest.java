package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.natives.NativeCache;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedistributableJarTest {
  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";

  @TempDir private Path root;
  private final SearchLog log = new SearchLog();
  private Path jar;

  @BeforeEach
  void makeJar() throws IOException {
    jar = root.resolve("redist.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : List.of("libcublas.so.12", "libcublasLt.so.12", "libcublas.so.13")) {
        out.putNextEntry(new ZipEntry(FOLDER + name));
        out.write(content(name));
        out.closeEntry();
      }
    }
  }

  @Test
  void unpacksBothLibrariesIntoOneFolder() throws Exception {
    SearchPlace place = place(12, this::inJar).orElseThrow();
    assertEquals("jar on the class path", place.origin());
    for (String name : CublasLibrary.names(12)) {
      assertArrayEquals(content(name), Files.readAllBytes(place.folder().resolve(name)));
    }
    assertEquals(place, place(12, this::inJar).orElseThrow(), "the second time");
    assertTrue(
        place.folder().startsWith(root.resolve("cache").toRealPath()), place.folder().toString());
  }

  @Test
  void needsBothLibraries() throws Exception {
    assertEquals(Optional.empty(), place(13, this::inJar));
    assertEquals(
        "jar on the class path: " + FOLDER + "libcublasLt.so.13: is not there",
        log.steps().getLast().toString());
    assertEquals(Optional.empty(), place(12, name -> null));
  }

  @Test
  void refusesADamagedJar() throws Exception {
    byte[] bytes = Files.readAllBytes(jar);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int data = text.indexOf(FOLDER + "libcublas.so.12") + (FOLDER + "libcublas.so.12").length();
    bytes[data + 10] ^= 0x55;
    Files.write(jar, bytes);
    assertEquals(Optional.empty(), place(12, this::inJar));
    String last = log.steps().getLast().toString();
    assertTrue(last.contains("cannot be unpacked: "), last);
  }

  @Test
  void refusesWhatIsNotInAJar() throws Exception {
    assertEquals(Optional.empty(), place(12, name -> url(jar.toUri().toString())));
    assertTrue(log.steps().getLast().toString().endsWith("it is not in a jar"));
  }

  private Optional<SearchPlace> place(int major, Function<String, URL> resources) {
    Environment environment =
        new Environment(Map.of("lamina.cache", "/cache"), Map.of(), root, List::of, resources);
    return RedistributableJar.place(
        environment, new NativeCache(environment.cachePlaces(), (p, why) -> {}), major, log);
  }

  private URL inJar(String name) {
    return name.endsWith("Lt.so.13") ? null : url("jar:" + jar.toUri() + "!/" + name);
  }

  private static URL url(String text) {
    try {
      return URI.create(text).toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] content(String name) {
    return (name + " ").repeat(1000).getBytes(StandardCharsets.UTF_8);
  }
}
