package dev.lamina.io;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A checked header: the tensors lie one after the other without a gap or overlap from the header's
 * end to the file's end, and each has the bytes that its type and shape take.
 *
 * @param tensors what is in the file, in the order of the data
 * @param metadata the file's own words, may be empty
 */
record SafetensorsHeader(Map<String, SafetensorsEntry> tensors, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";
  private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

  /**
   * Reads and checks.
   *
   * @param dataStart the byte of the file at which the data start
   * @param dataBytes how many bytes follow the header
   */
  static SafetensorsHeader parse(JsonNode root, String file, long dataStart, long dataBytes) {
    List<SafetensorsEntry> entries = new ArrayList<>();
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : root.members().entrySet()) {
      if (member.getKey().equals(METADATA)) {
        member.getValue().members().forEach((name, text) -> metadata.put(name, text.text()));
      } else {
        entries.add(entry(member.getKey(), member.getValue(), file, dataBytes));
      }
    }
    entries.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long at = 0;
    Map<String, SafetensorsEntry> tensors = new LinkedHashMap<>();
    for (SafetensorsEntry entry : entries) {
      if (entry.begin() != at) {
        throw error(
            file,
            entry.name(),
            "starts at byte "
                + (dataStart + entry.begin())
                + " of the file, but "
                + (entry.begin() > at ? "the data before it end" : "another tensor reaches")
                + (entry.begin() > at ? " at byte " : " to byte ")
                + (dataStart + at)
                + "; the file is damaged");
      }
      at = entry.end();
      tensors.put(entry.name(), entry);
    }
    if (at != dataBytes) {
      throw new LaminaException(
          file
              + ": the tensors end at byte "
              + (dataStart + at)
              + ", but the file has "
              + (dataStart + dataBytes)
              + " bytes; it is damaged or something was appended");
    }
    return new SafetensorsHeader(tensors, metadata);
  }

  private static SafetensorsEntry entry(String name, JsonNode node, String file, long dataBytes) {
    for (String field : node.members().keySet()) {
      if (!FIELDS.contains(field)) {
        throw error(file, name, "unknown field " + Quote.of(field) + "; expected only " + FIELDS);
      }
    }
    JsonNode dtypeNode = node.get("dtype");
    SafetensorsType type =
        SafetensorsType.named(dtypeNode.text())
            .orElseThrow(
                () -> error(file, name, "unknown element type " + Quote.of(dtypeNode.text())));
    List<Long> shape = node.get("shape").elements().stream().map(JsonNode::whole).toList();
    List<Long> offsets = node.get("data_offsets").elements().stream().map(JsonNode::whole).toList();
    if (offsets.size() != 2) {
      throw error(
          file,
          name,
          "data_offsets must be [begin, end], found " + Quote.plain(offsets.toString()));
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin < 0 || end < begin || end > dataBytes) {
      throw error(
          file,
          name,
          "data_offsets "
              + offsets
              + " do not lie within the "
              + dataBytes
              + " bytes after the header; the file is truncated or damaged");
    }
    long bytes = bytes(type, shape, file, name);
    if (bytes != end - begin) {
      throw error(
          file,
          name,
          type.name()
              + Quote.plain(shape.toString())
              + " takes "
              + bytes
              + " bytes, but data_offsets "
              + offsets
              + " hold "
              + (end - begin));
    }
    return new SafetensorsEntry(name, type.name(), shape, begin, end);
  }

  private static long bytes(SafetensorsType type, List<Long> shape, String file, String name) {
    try {
      long bits = type.bits();
      for (long extent : shape) {
        if (extent < 0) {
          throw error(
              file, name, "shape " + Quote.plain(shape.toString()) + " has a negative extent");
        }
        bits = Math.multiplyExact(bits, extent);
      }
      if (bits % 8 != 0) {
        throw error(
            file, name, type.name() + Quote.plain(shape.toString()) + " does not fill whole bytes");
      }
      return bits / 8;
    } catch (ArithmeticException e) {
      throw error(
          file, name, "shape " + Quote.plain(shape.toString()) + " is beyond what a file can hold");
    }
  }

  static LaminaException error(String file, String tensor, String what) {
    return new LaminaException(file + ": tensor " + Quote.of(tensor) + ": " + what);
  }
}
