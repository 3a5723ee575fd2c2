package dev.lamina.command;

import dev.lamina.data.Digits;
import dev.lamina.data.Idx;
import dev.lamina.data.Part;
import dev.lamina.io.ModelFolder;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Files with every mistake that a user may meet, made from good ones. */
final class DamagedFiles {
  private DamagedFiles() {}

  /** CSV files like those of {@link Samples#classes}, each with a mistake in line 16, row 15. */
  static void csv(Path folder) throws IOException {
    StringBuilder lines = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 14; i++) {
      lines.append(String.format(Locale.ROOT, "%.1f,0.%d,%s%n", i - 6.5, i, i < 7 ? "down" : "up"));
    }
    String good = lines.toString();
    Files.writeString(folder.resolve("ragged.csv"), good + "1,2,3,up\n");
    Files.writeString(folder.resolve("text.csv"), good + "1,many,up\n");
    Files.writeString(folder.resolve("gap.csv"), good + "1,,up\n");
    Files.writeString(folder.resolve("nan.csv"), good + "nan,1,up\n");
    Files.writeString(folder.resolve("infinite.csv"), good + "1,inf,up\n");
    Files.writeString(folder.resolve("unknown.csv"), good + "1,2,upp\n");
    Files.writeString(folder.resolve("empty.csv"), "");
    Files.writeString(folder.resolve("names.csv"), "x,y,kind\n");
    Files.writeString(folder.resolve("renamed.csv"), good.replace("x,y", "x,z"));
    Files.writeString(folder.resolve("narrow.csv"), "1,up\n2,down\n3,up\n4,down\n");
    Files.writeString(folder.resolve("one-class.csv"), "x,kind\n1,up\n2,up\n3,up\n");
    Files.writeString(folder.resolve("quote.csv"), good + "1,2,\"up\n");
    Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xff, 0x00, (byte) 0xfe, 0x01});
  }

  /** Folders of IDX files: a good one, and each with one mistake. */
  static void idx(Path folder) throws IOException {
    Path good = folder.resolve("good");
    Idx.writeFolder(good, Part.TRAIN, Digits.generate(60, 1), 28, 28, false);
    Idx.writeFolder(good, Part.TEST, Digits.generate(Part.TEST, 1, 0, 40), 28, 28, false);
    String images = "train-images-idx3-ubyte";
    String labels = "train-labels-idx1-ubyte";
    Path truncated = FileTree.copy(good, folder.resolve("truncated"));
    change(truncated.resolve(images), bytes -> Arrays.copyOf(bytes, bytes.length - 100));
    Path magic = FileTree.copy(good, folder.resolve("magic"));
    change(magic.resolve(images), bytes -> with(bytes, 0, 'P'));
    Path count = FileTree.copy(good, folder.resolve("count"));
    change(count.resolve(labels), bytes -> with(Arrays.copyOf(bytes, 67), 7, 59));
    Path zip = folder.resolve("zip");
    Idx.writeFolder(zip, Part.TRAIN, Digits.generate(60, 1), 28, 28, true);
    change(zip.resolve(images + ".gz"), bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    Files.delete(FileTree.copy(good, folder.resolve("incomplete")).resolve(labels));
    Path label = FileTree.copy(good, folder.resolve("label"));
    change(label.resolve("t10k-labels-idx1-ubyte"), bytes -> with(bytes, 20, 200));
  }

  /** Folders of models, each with one mistake, made from a good one. */
  static void models(Path good, Path folder) throws IOException {
    String tensors = ModelFolder.TENSORS;
    Path truncated = FileTree.copy(good, folder.resolve("truncated"));
    change(truncated.resolve(tensors), bytes -> Arrays.copyOf(bytes, bytes.length - 9));
    Path header = FileTree.copy(good, folder.resolve("header"));
    change(header.resolve(tensors), bytes -> with(bytes, 9, '#'));
    Path length = FileTree.copy(good, folder.resolve("length"));
    change(length.resolve(tensors), bytes -> with(bytes, 7, 1));
    Path format = FileTree.copy(good, folder.resolve("format"));
    change(format.resolve(tensors), bytes -> replaced(bytes, "lamina-model", "lamina-modem"));
    Path layer = FileTree.copy(good, folder.resolve("layer"));
    change(layer.resolve(tensors), bytes -> replaced(bytes, "Linear", "Linoar"));
    // As PyTorch saves it: without a description inside.
    Path json = FileTree.copy(good, folder.resolve("json"));
    rewrite(json, Map.of(), 0);
    change(json.resolve(ModelFolder.DESCRIPTION), bytes -> Arrays.copyOf(bytes, 200));
    Path bare = FileTree.copy(good, folder.resolve("bare"));
    rewrite(bare, Map.of(), 0);
    Files.delete(bare.resolve(ModelFolder.DESCRIPTION));
    Path missing = FileTree.copy(good, folder.resolve("missing"));
    rewrite(missing, Map.of(), 1);
    String classes = "\"class_names\":[\"down\",\"up\"]";
    describe(good, folder.resolve("one-class"), classes, "\"class_names\":[\"up\"]");
    describe(
        good, folder.resolve("more-classes"), classes, classes.replace("]", ",\"on\",\"off\"]"));
    describe(good, folder.resolve("no-classes"), classes, "\"class_names\":[]");
    Files.createDirectories(folder.resolve("nothing"));
  }

  /** Copies a model with another description. */
  private static void describe(Path good, Path copy, String from, String to) throws IOException {
    Path model = FileTree.copy(good, copy);
    try (SafetensorsFile open = Safetensors.open(model.resolve(ModelFolder.TENSORS))) {
      String description = open.metadata().get("lamina");
      if (!description.contains(from)) {
        throw new AssertionError("no " + from + " in " + description);
      }
      rewrite(model, Map.of("lamina", description.replace(from, to)), 0);
    }
  }

  /** Writes the tensors of a model again, but for the first few, with other metadata. */
  private static void rewrite(Path model, Map<String, String> metadata, int without) {
    Path file = model.resolve(ModelFolder.TENSORS);
    List<TensorData> tensors;
    try (SafetensorsFile open = Safetensors.open(file)) {
      tensors = open.names().stream().skip(without).map(open::read).toList();
    }
    Safetensors.write(file, tensors, metadata);
  }

  private interface Change {
    byte[] of(byte[] bytes);
  }

  private static void change(Path file, Change change) throws IOException {
    Files.write(file, change.of(Files.readAllBytes(file)));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  private static byte[] replaced(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (from.length() != to.length() || !text.contains(from)) {
      throw new AssertionError("cannot replace " + from);
    }
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }
}
