package dev.lamina.cuda.natives;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the loader reads of a shared library: a 64-bit little-endian ELF file for x86-64. Every
 * offset is checked against the file, so that a damaged file gives an {@link ElfFormatException}.
 *
 * <p>Sources: System V ABI (gABI 4.1, chapters 4 and 5), Linux Standard Base (symbol versions), and
 * the GNU hash table as glibc reads it.
 */
final class ElfImage {
  static final long DT_STRTAB = 5;
  static final long DT_SYMTAB = 6;
  static final long DT_STRSZ = 10;
  static final long DT_VERSYM = 0x6ffffff0L;
  static final long DT_VERNEED = 0x6ffffffeL;
  static final long DT_VERNEEDNUM = 0x6fffffffL;

  /** Size of an Elf64_Sym. */
  static final int SYMBOL_BYTES = 24;

  private static final long DT_NULL = 0;
  private static final long DT_NEEDED = 1;
  private static final long DT_HASH = 4;
  private static final long DT_SONAME = 14;
  private static final long DT_GNU_HASH = 0x6ffffef5L;
  private static final long DT_VERDEF = 0x6ffffffcL;
  private static final long DT_VERDEFNUM = 0x6ffffffdL;
  private static final int VERDEF_BYTES = 20;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int MAXIMUM_NAME = 1 << 16;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private record Load(long address, long offset, long size) {}

  private final MemorySegment file;
  private final List<Load> loads = new ArrayList<>();
  private final List<Long> neededOffsets = new ArrayList<>();
  private final Map<Long, Long> dynamic = new HashMap<>();
  private final long strings;
  private final long stringBytes;

  private ElfImage(MemorySegment file) throws ElfFormatException {
    this.file = file;
    check(u32(0, "magic number") == 0x464c457fL, "it is no ELF file");
    check(u8(4) == 2 && u8(5) == 1, "it is not a 64-bit little-endian ELF file");
    check(u16(16) == 3, "it is not a shared library (e_type " + u16(16) + ")");
    check(u16(18) == 62, "it is not for x86-64 (e_machine " + u16(18) + ")");
    readDynamic(readSegments());
    stringBytes = entry(DT_STRSZ, "string table size");
    strings = tableOffset(DT_STRTAB, stringBytes, "string table");
  }

  /**
   * Reads a library's tables.
   *
   * @throws ElfFormatException if it is not a whole x86-64 shared library
   */
  static ElfImage of(MemorySegment file) throws ElfFormatException {
    return new ElfImage(file);
  }

  /** What {@link #read} asks. */
  interface Question<T> {
    T ask(ElfImage image) throws ElfFormatException;
  }

  /**
   * Asks something of a library in a file.
   *
   * @throws IOException if it cannot be read or is not a whole x86-64 shared library
   */
  static <T> T read(Path library, Question<T> question) throws IOException {
    try (FileChannel channel = FileChannel.open(library, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return question.ask(of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)));
    }
  }

  /** The name under which the library is known to the loader. */
  Optional<String> soname() throws ElfFormatException {
    Long offset = dynamic.get(DT_SONAME);
    return offset == null ? Optional.empty() : Optional.of(string(offset, "SONAME"));
  }

  /** The libraries that it needs. */
  List<String> needed() throws ElfFormatException {
    List<String> names = new ArrayList<>();
    for (long offset : neededOffsets) {
      names.add(string(offset, "NEEDED"));
    }
    return names;
  }

  /** The symbols that it takes from other libraries. */
  List<String> imports() throws ElfFormatException {
    long count = symbolCount();
    long table = tableOffset(DT_SYMTAB, count * SYMBOL_BYTES, "symbol table");
    List<String> names = new ArrayList<>();
    for (long i = 1; i < count; i++) {
      long symbol = table + i * SYMBOL_BYTES;
      if (u16(symbol + 6) == 0) { // st_shndx SHN_UNDEF
        names.add(string(u32(symbol, "symbol"), "symbol " + i));
      }
    }
    return names;
  }

  /** The versions that its symbols have. */
  List<String> versions() throws ElfFormatException {
    List<String> names = new ArrayList<>();
    if (!dynamic.containsKey(DT_VERDEF)) {
      return names;
    }
    long count = entry(DT_VERDEFNUM, "number of versions");
    long definition = tableOffset(DT_VERDEF, VERDEF_BYTES, "version definitions");
    long step = 1;
    for (long i = 0; i < count && step != 0; i++) {
      range(definition, VERDEF_BYTES, "version definitions");
      long name = definition + u32(definition + 12, "version definitions");
      names.add(string(u32(name, "version definitions"), "version"));
      step = u32(definition + 16, "version definitions");
      definition += step;
    }
    return names;
  }

  /** Offsets of the names of {@link #needed}, in the string table. */
  List<Long> neededOffsets() {
    return List.copyOf(neededOffsets);
  }

  /** Where the string table starts in the file. */
  long strings() {
    return strings;
  }

  Optional<Long> dynamicEntry(long tag) {
    return Optional.ofNullable(dynamic.get(tag));
  }

  /** Where a table that the loader would read by its address lies in the file. */
  long tableOffset(long tag, long bytes, String what) throws ElfFormatException {
    long address = entry(tag, what);
    for (Load load : loads) {
      long distance = address - load.address;
      if (distance >= 0 && distance < load.size) {
        check(bytes >= 0 && bytes <= load.size - distance, "its " + what + " is cut off");
        return load.offset + distance;
      }
    }
    throw damaged("its " + what + " lies at address " + address + ", outside of every segment");
  }

  /** How many entries the symbol table has, by its hash table: it has no count of its own. */
  long symbolCount() throws ElfFormatException {
    if (dynamic.containsKey(DT_HASH)) {
      return u32(tableOffset(DT_HASH, 8, "hash table") + 4, "hash table");
    }
    long table = tableOffset(DT_GNU_HASH, 16, "GNU hash table");
    long buckets = u32(table, "GNU hash table");
    long first = u32(table + 4, "GNU hash table");
    long filterWords = u32(table + 8, "GNU hash table");
    long bucket = table + 16 + 8 * filterWords;
    long last = 0;
    for (long i = 0; i < buckets; i++) {
      last = Math.max(last, u32(bucket + 4 * i, "GNU hash table"));
    }
    if (last < first) {
      return first; // nothing is defined: all symbols before the first that is hashed
    }
    long chain = bucket + 4 * buckets;
    while ((u32(chain + 4 * (last - first), "GNU hash table") & 1) == 0) {
      last++;
    }
    return last + 1;
  }

  String string(long offset, String what) throws ElfFormatException {
    check(
        offset >= 0 && offset < stringBytes,
        "the name of its " + what + " lies outside of the string table");
    long end = Math.min(stringBytes, offset + MAXIMUM_NAME);
    for (long i = offset; i < end; i++) {
      if (u8(strings + i) == 0) {
        byte[] bytes = file.asSlice(strings + offset, i - offset).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }
    }
    throw damaged("the name of its " + what + " does not end");
  }

  int u16(long offset) throws ElfFormatException {
    range(offset, 2, "header");
    return Short.toUnsignedInt(file.get(U16, offset));
  }

  long u32(long offset, String what) throws ElfFormatException {
    range(offset, 4, what);
    return Integer.toUnsignedLong(file.get(U32, offset));
  }

  private int u8(long offset) throws ElfFormatException {
    range(offset, 1, "header");
    return Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, offset));
  }

  private long u64(long offset, String what) throws ElfFormatException {
    range(offset, 8, what);
    return file.get(U64, offset);
  }

  /** Reads the program headers and answers where the dynamic section's entry lies. */
  private long readSegments() throws ElfFormatException {
    long headers = u64(32, "program headers");
    int bytes = u16(54);
    int count = u16(56);
    check(bytes >= 56, "its program headers have " + bytes + " bytes, expected 56");
    long dynamicHeader = -1;
    for (int i = 0; i < count; i++) {
      check(headers >= 0 && headers < file.byteSize(), "its program headers are cut off");
      long header = headers + (long) i * bytes;
      range(header, 56, "program headers");
      long type = u32(header, "program headers");
      if (type != PT_LOAD && type != PT_DYNAMIC) {
        continue;
      }
      long offset = u64(header + 8, "program headers");
      long size = u64(header + 32, "program headers");
      range(offset, size, type == PT_LOAD ? "segment " + i : "dynamic section");
      if (type == PT_LOAD) {
        loads.add(new Load(u64(header + 16, "program headers"), offset, size));
      } else {
        dynamicHeader = header;
      }
    }
    check(dynamicHeader >= 0, "it has no dynamic section");
    return dynamicHeader;
  }

  private void readDynamic(long header) throws ElfFormatException {
    long start = u64(header + 8, "program headers");
    long end = start + u64(header + 32, "program headers");
    for (long entry = start; entry + 16 <= end; entry += 16) {
      long tag = u64(entry, "dynamic section");
      long value = u64(entry + 8, "dynamic section");
      if (tag == DT_NULL) {
        return;
      } else if (tag == DT_NEEDED) {
        neededOffsets.add(value);
      } else {
        dynamic.putIfAbsent(tag, value);
      }
    }
    throw damaged("its dynamic section does not end");
  }

  private long entry(long tag, String what) throws ElfFormatException {
    Long value = dynamic.get(tag);
    if (value == null) {
      throw damaged("it has no " + what);
    }
    return value;
  }

  void range(long offset, long bytes, String what) throws ElfFormatException {
    check(
        offset >= 0 && bytes >= 0 && bytes <= file.byteSize() - offset,
        "its " + what + " is cut off: the file has " + file.byteSize() + " bytes");
  }

  private static void check(boolean holds, String message) throws ElfFormatException {
    if (!holds) {
      throw damaged(message);
    }
  }

  private static ElfFormatException damaged(String message) {
    return new ElfFormatException(message);
  }
}
