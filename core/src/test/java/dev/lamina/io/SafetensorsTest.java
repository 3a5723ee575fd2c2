package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("m.safetensors");
  }

  @Test
  void readsBackWhatItWrote() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 50; round++) {
      List<TensorData> tensors = new ArrayList<>();
      for (int k = random.nextInt(6); k > 0; k--) {
        tensors.add(random(k + (random.nextBoolean() ? ".weight" : "\u00e9\"\\\n"), random));
      }
      Map<String, String> metadata =
          random.nextBoolean() ? Map.of() : Map.of("format", "pt", "x", "\"\u00fc\n");
      Safetensors.write(file, tensors, metadata);
      try (SafetensorsFile read = Safetensors.open(file)) {
        assertEquals(metadata, read.metadata());
        assertEquals(tensors.size(), read.names().size());
        for (TensorData tensor : tensors) {
          TensorData back = read.read(tensor.name());
          TensorData expected = widened(tensor);
          assertEquals(expected.type(), back.type());
          assertEquals(-1, expected.data().mismatch(back.data()));
        }
      }
    }
  }

  /** BF16 is the upper half of the FP32 that it is read as. */
  private static TensorData widened(TensorData tensor) {
    if (tensor.type().dtype() != DType.BF16) {
      return tensor;
    }
    short[] halves = tensor.data().toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
    int[] bits = new int[halves.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = halves[i] << 16;
    }
    return new TensorData(tensor.name(), tensor.type().as(DType.FP32), MemorySegment.ofArray(bits));
  }

  private static TensorData random(String name, SplittableRandom random) {
    DType dtype = DType.values()[random.nextInt(DType.values().length)];
    long[] extents = random.longs(random.nextInt(4), 1, 6).toArray();
    TensorType type = TensorType.of(dtype, extents);
    byte[] bytes = new byte[(int) type.bytes()];
    random.nextBytes(bytes);
    return new TensorData(name, type, MemorySegment.ofArray(bytes));
  }

  /** The example in the reference implementation's documentation, byte for byte. */
  @Test
  void writesWhatTheReferenceWrites() throws IOException {
    TensorData test =
        new TensorData("test", TensorType.of(DType.INT32, 2, 2), MemorySegment.ofArray(new int[4]));
    Safetensors.write(file, List.of(test), Map.of());
    String header = "{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}    ";
    assertArrayEquals(bytes(header, new byte[16]), Files.readAllBytes(file));
  }

  @Test
  void laysOutWideTypesFirstAndThenByName() throws IOException {
    List<TensorData> tensors = new ArrayList<>();
    for (String name : List.of("b", "a")) {
      for (DType dtype : List.of(DType.UINT8, DType.FP32, DType.INT32, DType.FP64)) {
        TensorType type = TensorType.of(dtype, 3);
        tensors.add(
            new TensorData(
                name + dtype, type, MemorySegment.ofArray(new byte[(int) type.bytes()])));
      }
    }
    Safetensors.write(file, tensors, Map.of("k", "v"));
    try (SafetensorsFile read = Safetensors.open(file)) {
      assertEquals(
          List.of("aFP64", "bFP64", "aFP32", "bFP32", "aINT32", "bINT32", "aUINT8", "bUINT8"),
          List.copyOf(read.names()));
      assertEquals(24, read.entries().get("bFP64").begin());
    }
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
    assertTrue(
        new String(bytes, 8, 32, StandardCharsets.UTF_8).startsWith("{\"__metadata__\":{\"k\""));
  }

  @Test
  void readsPiecesOfTensorsLargerThanItsBuffer() {
    int n = 9_000_001;
    int[] numbers = new int[n];
    Arrays.setAll(numbers, i -> i * 0x9E3779B9);
    Safetensors.write(
        file,
        List.of(new TensorData("x", TensorType.of(DType.INT32, n), MemorySegment.ofArray(numbers))),
        Map.of());
    try (SafetensorsFile read = Safetensors.open(file);
        Arena arena = Arena.ofConfined()) {
      assertEquals(-1, read.read("x", arena).data().mismatch(MemorySegment.ofArray(numbers)));
    }
  }

  @Test
  void widensHalvesAndNarrowsLongs() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(-7).putLong(1L << 31).putShort((short) 0x3C00).putShort((short) 0x8001);
    data.putShort((short) 0x3F80).putShort((short) 0xC049).putInt(9);
    write(
        """
        {"l":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},\
        "big":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},\
        "h":{"dtype":"F16","shape":[2],"data_offsets":[16,20]},\
        "b":{"dtype":"BF16","shape":[2],"data_offsets":[20,24]},\
        "u":{"dtype":"U32","shape":[],"data_offsets":[24,28]},\
        "none":{"dtype":"F32","shape":[3,0],"data_offsets":[28,28]}}\
        """,
        data.array());
    try (SafetensorsFile read = Safetensors.open(file)) {
      assertArrayEquals(new int[] {-7}, read.read("l").data().toArray(ValueLayout.JAVA_INT));
      assertArrayEquals(
          new float[] {1, -0x1p-24f}, read.read("h").data().toArray(ValueLayout.JAVA_FLOAT));
      assertArrayEquals(
          new float[] {1, -3.140625f}, read.read("b").data().toArray(ValueLayout.JAVA_FLOAT));
      refused(() -> read.read("big"), "tensor 'big'", "2147483648", "byte");
      refused(() -> read.read("u"), "tensor 'u'", "U32", "F32, F64, I64");
      refused(() -> read.read("none"), "tensor 'none'", "no elements");
      refused(() -> read.read("gone"), "no tensor 'gone'", "'l', 'big', ");
    }
  }

  @Test
  void readsHeadersThatAreNotAligned() throws IOException {
    write(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} ",
        new byte[] {0, 0, (byte) 0x80, 0x3F});
    try (SafetensorsFile read = Safetensors.open(file)) {
      assertEquals(1f, read.read("a").data().get(ValueLayout.JAVA_FLOAT, 0));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | tensor 'a' | 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,12]}} | tensor 'a' |"
            + " truncated",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | tensor 'a' | [4, 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}} | tensor 'a' | [-4, 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | tensor 'a' | byte 66",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | byte 66 | appended",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\","
            + "\"shape\":[1],\"data_offsets\":[4,8]}} | tensor 'b' | another tensor reaches",
        "{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}} | tensor 'a' | 'F33'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | tensor 'a' | negative",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}"
            + " | tensor 'a' | beyond",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}} | tensor 'a' | begin",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}} | a.shape[0] | whole",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}} | header: a | data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | 'a' | 'x'",
        "{\"a\":1} | header: a | an object",
        "{\"a\":{},\"a\":{}} | line 1, column | Duplicate",
        "{\"__metadata__\":{\"k\":5}} | __metadata__.k | text",
        "[1] | byte 8 | '{'",
        "{\"a\" | header, line 1 | not JSON",
      })
  void refusesHeadersThatDoNotHold(String header, String place, String what) throws IOException {
    write(header, new byte[8]);
    refused(() -> Safetensors.open(file), file.toString(), place, what);
  }

  @Test
  void refusesFilesThatAreNone() throws IOException {
    Files.write(file, new byte[3]);
    refused(() -> Safetensors.open(file), "3 bytes", "truncated");
    Files.write(file, new byte[30]);
    refused(() -> Safetensors.open(file), "byte 0", "length reads 0");
    Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
    refused(() -> Safetensors.open(file), "byte 0", "18446744073709551615");
    Files.write(file, new byte[] {99, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    refused(() -> Safetensors.open(file), "99 bytes", "only 2");
    refused(() -> Safetensors.open(folder), "it is a folder");
    refused(() -> Safetensors.open(folder.resolve("none")), "no such file");
  }

  @Test
  void refusesToWriteWhatCouldNotBeRead() {
    TensorData a = random("a", new SplittableRandom(1));
    TensorData reserved = new TensorData("__metadata__", a.type(), a.data());
    refused(() -> Safetensors.write(file, List.of(a, a), Map.of()), "'a'", "two of this name");
    refused(() -> Safetensors.write(file, List.of(reserved), Map.of("k", "v")), "reserved");
    refused(() -> Safetensors.write(file, List.of(reserved), Map.of()), "reserved");
    refused(
        () -> new TensorData("x", TensorType.of(DType.FP32, 3), MemorySegment.ofArray(new byte[8])),
        "'x'",
        "12 bytes");
    assertTrue(Files.notExists(file));
  }

  @Test
  void aFileCutShortWhileOpenIsAnError() throws IOException {
    Safetensors.write(file, List.of(random("a", new SplittableRandom(2))), Map.of());
    try (SafetensorsFile read = Safetensors.open(file)) {
      Files.write(file, new byte[8]);
      refused(() -> read.read("a"), "cut it short");
    }
  }

  private void write(String header, byte[] data) throws IOException {
    Files.write(file, bytes(header, data));
  }

  private static byte[] bytes(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static void refused(Runnable action, String... parts) {
    LaminaException e = assertThrows(LaminaException.class, action::run);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }
}
