package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the real JCublas; whether the result loads is for {@link CudaLibrariesTest}. */
class ElfRelinkerTest {
  private static final String OLD = "libcublas.so.12";
  private static final String NEW = "libcublas.so.13";

  private byte[] library;

  @BeforeEach
  void readLibrary() throws Exception {
    library = JCudaNatives.resource(Environment.system(), JCudaNatives.cublasName());
  }

  @Test
  void readsWhatTheLoaderReads() throws Exception {
    ElfImage image = image(library);
    assertEquals(JCudaNatives.cublasName(), image.soname().orElseThrow());
    assertTrue(image.needed().contains(OLD), image.needed()::toString);
    assertTrue(image.imports().containsAll(RequiredFunctions.CUBLAS));
    assertEquals(List.of(), image.versions());
  }

  @Test
  void changesTheNeededNameAndNoOther() throws Exception {
    byte[] copy = library.clone();
    byte[] relinked = ElfRelinker.relink(library, OLD, NEW);
    assertArrayEquals(copy, library, "the argument stays as it was");
    assertEquals(library.length, relinked.length);
    List<String> expected =
        image(library).needed().stream().map(n -> n.equals(OLD) ? NEW : n).toList();
    assertEquals(expected, image(relinked).needed());
    assertEquals(image(library).imports(), image(relinked).imports());
    assertEquals(image(library).soname(), image(relinked).soname());
  }

  @Test
  void changesFewBytes() throws Exception {
    byte[] relinked = ElfRelinker.relink(library, OLD, NEW);
    int changed = 0;
    for (int i = 0; i < library.length; i++) {
      changed += library[i] == relinked[i] ? 0 : 1;
    }
    long versions = image(library).imports().stream().filter(n -> n.startsWith("cublas")).count();
    // One byte of each symbol's version, and name, hash and flags of the version itself.
    assertTrue(changed > versions && changed <= versions + 10, changed + " for " + versions);
  }

  @Test
  void hashesLikeTheLinker() {
    // Values of the version hash in libraries of glibc: readelf -V shows them.
    assertEquals(0x09691a75, ElfRelinker.hash("GLIBC_2.2.5".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(0x0d696917, ElfRelinker.hash("GLIBC_2.7".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void refusesALibraryThatDoesNotNeedIt() throws Exception {
    byte[] relinked = ElfRelinker.relink(library, OLD, NEW);
    ElfFormatException e =
        assertThrows(ElfFormatException.class, () -> ElfRelinker.relink(relinked, OLD, NEW));
    assertTrue(e.getMessage().startsWith("it does not need " + OLD + ", but "), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> ElfRelinker.relink(library, OLD, "libcublas.so.9"));
  }

  @Test
  void namesWhatIsWrong() {
    assertWrong(new byte[0], "magic number is cut off: the file has 0 bytes");
    assertWrong("not a library at all, but text".getBytes(StandardCharsets.UTF_8), "no ELF file");
    assertWrong(Arrays.copyOf(library, 40), "is cut off");
    assertWrong(Arrays.copyOf(library, library.length / 2), "segment");
    assertWrong(with(4, 1), "not a 64-bit little-endian ELF file");
    assertWrong(with(5, 2), "not a 64-bit little-endian ELF file");
    assertWrong(with(16, 2), "not a shared library (e_type 2)");
    assertWrong(with(18, 183 - 256), "not for x86-64 (e_machine 183)");
    assertWrong(with(54, 8), "program headers have 8 bytes, expected 56");
    assertWrong(with(56, 0), "no dynamic section");
  }

  /** Damaged files give this one exception or a result, and nothing runs for ever. */
  @Test
  void survivesDamage() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    int tables = 0x21000; // what the loader reads beside these lies before
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] damaged =
          i % 10 == 0 ? Arrays.copyOf(library, random.nextInt(library.length)) : library.clone();
      for (int flips = random.nextInt(1, 20); flips > 0 && damaged.length > 0; flips--) {
        int at =
            switch (random.nextInt(4)) {
              case 0 -> random.nextInt(700); // headers
              case 1 -> 0x152438 + random.nextInt(0x240); // dynamic section
              case 2 -> 0x14ba0 + random.nextInt(0x180); // version table
              default -> random.nextInt(tables);
            };
        if (at < damaged.length) {
          damaged[at] = (byte) random.nextInt(256);
        }
      }
      try {
        ElfImage image = image(damaged);
        image.imports();
        image.versions();
        ElfRelinker.relink(damaged, OLD, NEW);
      } catch (ElfFormatException e) {
        refused++;
        assertFalse(e.getMessage().isBlank());
      }
    }
    assertTrue(refused > 150 && refused < 1500, "refused " + refused);
  }

  private byte[] with(int offset, int value) {
    byte[] copy = library.clone();
    copy[offset] = (byte) value;
    return copy;
  }

  private static void assertWrong(byte[] bytes, String part) {
    ElfFormatException e =
        assertThrows(ElfFormatException.class, () -> ElfRelinker.relink(bytes, OLD, NEW));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static ElfImage image(byte[] bytes) throws ElfFormatException {
    return ElfImage.of(MemorySegment.ofArray(bytes));
  }
}
