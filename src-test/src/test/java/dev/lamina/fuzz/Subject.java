package dev.lamina.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What is fuzzed: a reader of some kind of file, and good files of that kind. */
enum Subject {
  IDX_IMAGES,
  IDX_LABELS,
  IDX_PACKED,
  CSV_LEARN,
  CSV_EVALUATE,
  CSV_PREDICT,
  JSON,
  SAFETENSORS,
  MODEL,
  MODEL_DESCRIPTION,
  PRODUCT_CACHE;

  /** By which users call it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The subject that a kept file is of. */
  static Subject of(Path kept) {
    String name = kept.getFileName().toString();
    for (Subject subject : values()) {
      if (name.matches(subject.label() + "-(-?\\d+)\\.bin")) {
        return subject;
      }
    }
    throw new IllegalArgumentException(kept + " is no file that a fuzzer kept");
  }

  /** The name under which its files are read. */
  String file() {
    return switch (this) {
      case MODEL -> "model.safetensors";
      case MODEL_DESCRIPTION -> "model.json";
      default -> "input";
    };
  }

  /** Good files. */
  List<byte[]> seeds() {
    try {
      return switch (this) {
        case IDX_IMAGES -> DataFiles.images(false);
        case IDX_LABELS -> List.of(DataFiles.labels());
        case IDX_PACKED ->
            Stream.of(true, false).flatMap(packed -> DataFiles.images(packed).stream()).toList();
        case CSV_LEARN, CSV_EVALUATE, CSV_PREDICT -> DataFiles.tables();
        case JSON -> ModelFiles.texts();
        case SAFETENSORS -> ModelFiles.tensors();
        case MODEL -> ModelFiles.models();
        case MODEL_DESCRIPTION -> ModelFiles.descriptions();
        case PRODUCT_CACHE -> List.of(CacheReader.good());
      };
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * An input. Every second one that has a checksum has the right one, and what is to be packed and
   * is not, or no longer looks so, is packed.
   *
   * @param number what it is made from
   */
  byte[] input(Mutator mutator, long number) {
    byte[] damaged = mutator.damaged(number);
    return switch (this) {
      case PRODUCT_CACHE -> number % 2 == 0 ? CacheReader.sealed(damaged) : damaged;
      case IDX_PACKED -> DataFiles.isPacked(damaged) ? damaged : DataFiles.gzip(damaged);
      default -> damaged;
    };
  }

  /**
   * A reader.
   *
   * @param folder where its files lie; what it needs beside them is put there
   */
  Reader open(Path folder) throws IOException {
    return switch (this) {
      case IDX_IMAGES, IDX_PACKED -> new IdxReader(folder, false);
      case IDX_LABELS -> new IdxReader(folder, true);
      case CSV_LEARN -> TableReader.LEARN;
      case CSV_EVALUATE -> TableReader.EVALUATE;
      case CSV_PREDICT -> TableReader.PREDICT;
      case JSON -> new JsonReader();
      case SAFETENSORS -> new TensorReader();
      case MODEL -> new ModelReader(folder);
      case MODEL_DESCRIPTION -> {
        ModelFiles.foreignTensors(folder);
        yield new ModelReader(folder);
      }
      case PRODUCT_CACHE -> new CacheReader(folder);
    };
  }
}
