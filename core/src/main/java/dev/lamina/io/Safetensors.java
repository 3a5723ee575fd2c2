package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format: eight bytes with the header's length, the header in JSON, then the
 * elements, little-endian. Files are laid out as the reference implementation does: wider types
 * first, then by name, the header padded with spaces so that the data start at a multiple of 8. See
 * <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>.
 */
public final class Safetensors {
  private static final int CHUNK = 1 << 20;

  private Safetensors() {}

  /**
   * Opens a file and checks its header.
   *
   * @throws LaminaException if it cannot be read or is not a whole safetensors file; it names the
   *     tensor and the byte
   */
  public static SafetensorsFile open(Path file) {
    return SafetensorsFile.open(file);
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @param metadata words to keep in the header, may be empty
   */
  public static void write(Path file, List<TensorData> tensors, Map<String, String> metadata) {
    SafetensorsFile.requireLittleEndian();
    List<TensorData> ordered = new ArrayList<>(tensors);
    ordered.sort(
        Comparator.comparing((TensorData tensor) -> SafetensorsType.of(tensor.type().dtype()))
            .reversed()
            .thenComparing(
                tensor -> tensor.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    byte[] header = header(file, ordered, metadata);
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
          out.write(header);
          byte[] chunk = new byte[CHUNK];
          for (TensorData tensor : ordered) {
            write(out, tensor.data(), chunk);
          }
        });
  }

  private static byte[] header(Path file, List<TensorData> ordered, Map<String, String> metadata) {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put(SafetensorsHeader.METADATA, new TreeMap<>(metadata));
    }
    long at = 0;
    for (TensorData tensor : ordered) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", SafetensorsType.of(tensor.type().dtype()).name());
      entry.put("shape", Arrays.stream(tensor.type().shape().extents()).boxed().toList());
      entry.put("data_offsets", List.of(at, at += tensor.type().bytes()));
      if (tensor.name().equals(SafetensorsHeader.METADATA)
          || header.put(tensor.name(), entry) != null) {
        throw SafetensorsHeader.error(
            file.toString(), tensor.name(), "there are two of this name, or it is reserved");
      }
    }
    byte[] bytes = Json.compact(header).getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + 7) / 8 * 8;
    if (padded > SafetensorsFile.MAX_HEADER) {
      throw new LaminaException(
          file
              + ": the header would have "
              + padded
              + " bytes, the limit is "
              + SafetensorsFile.MAX_HEADER
              + "; shorten names or metadata");
    }
    byte[] result = Arrays.copyOf(bytes, padded);
    Arrays.fill(result, bytes.length, padded, (byte) ' ');
    return result;
  }

  private static void write(OutputStream out, MemorySegment data, byte[] chunk) throws IOException {
    for (long done = 0; done < data.byteSize(); done += chunk.length) {
      int n = (int) Math.min(chunk.length, data.byteSize() - done);
      MemorySegment.copy(data, done, MemorySegment.ofArray(chunk), 0, n);
      out.write(chunk, 0, n);
    }
  }
}
