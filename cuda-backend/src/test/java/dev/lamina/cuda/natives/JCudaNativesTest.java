package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.natives.NativeCache;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is unpacked; whether it loads is for {@link CudaLibrariesTest}. */
class JCudaNativesTest {
  @TempDir private Path root;
  private final SearchLog log = new SearchLog();

  @Test
  void relinksWhereJCublasWasNotMadeForTheLibrary() throws Exception {
    Path asItIs = unpack(12, true);
    Path unversioned = unpack(12, false);
    Path newer = unpack(13, true);
    assertEquals(newer, unpack(13, false), "the same file suits both");
    assertNotEquals(asItIs, unversioned);
    assertArrayEquals(
        JCudaNatives.resource(Environment.system(), JCudaNatives.cublasName()),
        Files.readAllBytes(asItIs.resolve(JCudaNatives.cublasName())));
    for (Path folder : List.of(asItIs, unversioned, newer)) {
      String needed = "libcublas.so." + (folder.equals(newer) ? 13 : 12);
      Path file = folder.resolve(JCudaNatives.cublasName());
      assertTrue(ElfImage.read(file, ElfImage::needed).contains(needed), folder::toString);
      assertArrayEquals(
          JCudaNatives.resource(Environment.system(), JCudaNatives.driverName()),
          Files.readAllBytes(folder.resolve(JCudaNatives.driverName())));
    }
  }

  @Test
  void saysWhichJarIsMissing() {
    UnusableException e =
        assertThrows(
            UnusableException.class,
            () -> JCudaNatives.resource(environment(n -> null), JCudaNatives.cublasName()));
    assertEquals(
        "libJCublas2-12.6.0-linux-x86_64.so of JCuda is not on the class path", e.reason());
    assertTrue(e.remedy().contains("org.jcuda:jcublas-natives"), e.remedy());
  }

  @Test
  void saysWhichFileCannotBeRead() throws Exception {
    URL absent = URI.create("file:" + root.resolve("absent")).toURL();
    UnusableException e =
        assertThrows(
            UnusableException.class,
            () -> JCudaNatives.resource(environment(n -> absent), JCudaNatives.cublasName()));
    assertTrue(e.reason().contains("cannot be read"), e.reason());
  }

  @Test
  void refusesAJCublasThatIsNoLibrary() throws Exception {
    URL text = Files.writeString(root.resolve("text"), "text").toUri().toURL();
    Environment environment = environment(n -> text);
    NativeCache cache = cache(environment);
    UnusableException e =
        assertThrows(
            UnusableException.class,
            () -> JCudaNatives.unpack(environment, cache, new JCudaNatives.Binding(13, true), log));
    assertEquals(
        "libJCublas2-12.6.0-linux-x86_64.so cannot be bound to libcublas.so.13: it is no ELF file",
        e.reason());
  }

  @Test
  void knowsAddresses() {
    NativeDevicePointer pointer = new NativeDevicePointer();
    assertEquals(0, pointer.address());
    assertEquals(24, pointer.withByteOffset(16).withByteOffset(8).address());
    assertEquals(0, new NativeStream().address());
    assertEquals(0, new NativeCublasHandle().address());
  }

  private Path unpack(int major, boolean versioned) throws Exception {
    Environment environment = environment(Environment.system().resources());
    return JCudaNatives.unpack(
        environment, cache(environment), new JCudaNatives.Binding(major, versioned), log);
  }

  private static NativeCache cache(Environment environment) {
    return new NativeCache(environment.cachePlaces(), (place, why) -> {});
  }

  private Environment environment(Function<String, URL> resources) {
    return new Environment(Map.of("lamina.cache", "/cache"), Map.of(), root, List::of, resources);
  }
}
