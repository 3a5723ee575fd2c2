package dev.lamina.cuda.natives;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Binds a shared library to another version of a library that it needs.
 *
 * <p>JCublas 12.6 needs {@code libcublas.so.12} and from it the symbol version of the same name.
 * The functions that it calls are in {@code libcublas.so.13} too, under another version or none. So
 * three things change, and no byte moves: the needed name, the version's name with its hash, and
 * each symbol bound to that version becomes unversioned. The version itself becomes weak: the
 * loader then accepts a library that does not have it. With the same name twice it only drops the
 * versions.
 */
final class ElfRelinker {
  private static final int VERNEED_BYTES = 16;
  private static final int VERNAUX_BYTES = 16;
  private static final short VER_FLG_WEAK = 2;
  private static final short VER_NDX_GLOBAL = 1;
  private static final int VERSION_INDEX = 0x7fff;

  private final ByteBuffer bytes;
  private final ElfImage image;
  private final String from;
  private final byte[] to;
  private final Set<Long> names = new LinkedHashSet<>();

  private ElfRelinker(byte[] copy, String from, byte[] to) throws ElfFormatException {
    this.bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    this.image = ElfImage.of(MemorySegment.ofArray(copy).asReadOnly());
    this.from = from;
    this.to = to;
  }

  /**
   * A copy of a library that needs {@code to} where it needed {@code from}.
   *
   * @param from the name it needs now
   * @param to a name of the same length
   * @throws ElfFormatException if it does not need {@code from}, or is damaged
   */
  static byte[] relink(byte[] library, String from, String to) throws ElfFormatException {
    byte[] name = to.getBytes(StandardCharsets.US_ASCII);
    if (name.length != from.length() || name.length == 0) {
      throw new IllegalArgumentException(
          "names of different length cannot be exchanged: " + from + ", " + to);
    }
    byte[] copy = library.clone();
    new ElfRelinker(copy, from, name).run();
    return copy;
  }

  private void run() throws ElfFormatException {
    for (long offset : image.neededOffsets()) {
      if (image.string(offset, "NEEDED").equals(from)) {
        names.add(offset);
      }
    }
    if (names.isEmpty()) {
      throw new ElfFormatException(
          "it does not need " + from + ", but " + String.join(", ", image.needed()));
    }
    Optional<Long> count = image.dynamicEntry(ElfImage.DT_VERNEEDNUM);
    if (count.isPresent() && image.dynamicEntry(ElfImage.DT_VERNEED).isPresent()) {
      releaseVersions(count.get());
    }
    checkUnshared();
    for (long offset : names) {
      bytes.put(Math.toIntExact(image.strings() + offset), to);
    }
  }

  private void releaseVersions(long count) throws ElfFormatException {
    Set<Integer> released = new HashSet<>();
    long need = image.tableOffset(ElfImage.DT_VERNEED, VERNEED_BYTES, "version table");
    long step = 1;
    for (long i = 0; i < count && step != 0; i++) {
      image.range(need, VERNEED_BYTES, "version table");
      long file = image.u32(need + 4, "version table");
      if (image.string(file, "version's library").equals(from)) {
        names.add(file);
        releaseVersionsOf(need, released);
      }
      step = image.u32(need + 12, "version table");
      need += step;
    }
    long symbols = image.symbolCount();
    int table =
        Math.toIntExact(image.tableOffset(ElfImage.DT_VERSYM, 2 * symbols, "symbol versions"));
    for (int i = 0; i < symbols; i++) {
      if (released.contains(bytes.getShort(table + 2 * i) & VERSION_INDEX)) {
        bytes.putShort(table + 2 * i, VER_NDX_GLOBAL);
      }
    }
  }

  private void releaseVersionsOf(long need, Set<Integer> released) throws ElfFormatException {
    long version = need + image.u32(need + 8, "version table");
    long step = 1;
    for (int left = image.u16(need + 2); left > 0 && step != 0; left--) {
      image.range(version, VERNAUX_BYTES, "version table");
      int at = Math.toIntExact(version);
      long name = image.u32(version + 8, "version table");
      if (image.string(name, "version").equals(from)) {
        names.add(name);
        bytes.putInt(at, hash(to));
      }
      bytes.putShort(at + 4, (short) (bytes.getShort(at + 4) | VER_FLG_WEAK));
      released.add(bytes.getShort(at + 6) & VERSION_INDEX);
      step = image.u32(version + 12, "version table");
      version += step;
    }
  }

  // A linker may let one name be the tail of another. Such a name must not change unnoticed.
  private void checkUnshared() throws ElfFormatException {
    long symbols = image.symbolCount();
    long table =
        image.tableOffset(ElfImage.DT_SYMTAB, symbols * ElfImage.SYMBOL_BYTES, "symbol table");
    for (long i = 1; i < symbols; i++) {
      long name = image.u32(table + i * ElfImage.SYMBOL_BYTES, "symbol table");
      for (long changed : names) {
        long end = name + image.string(name, "symbol " + i).length();
        if (name < changed + to.length && changed < end) {
          throw new ElfFormatException("its symbol " + i + " shares its name with " + from);
        }
      }
    }
  }

  /** The System V ABI's hash of a symbol's or version's name. */
  static int hash(byte[] name) {
    int hash = 0;
    for (byte c : name) {
      hash = (hash << 4) + (c & 0xff);
      int high = hash & 0xf0000000;
      hash = (hash ^ high >>> 24) & ~high;
    }
    return hash;
  }
}
