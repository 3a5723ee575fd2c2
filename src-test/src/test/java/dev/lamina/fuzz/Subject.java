package dev.lamina.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

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
  MODEL_DESCRIPTION;

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
        case IDX_PACKED -> DataFiles.images(true);
        case CSV_LEARN, CSV_EVALUATE, CSV_PREDICT -> DataFiles.tables();
        case JSON -> ModelFiles.texts();
        case SAFETENSORS -> ModelFiles.tensors();
        case MODEL -> ModelFiles.models();
        case MODEL_DESCRIPTION -> ModelFiles.descriptions();
      };
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A reader.
   *
   * @param folder where its files lie; what it needs beside them is put there
   */
  Reader open(Path folder) throws IOException {
    return switch (this) {
      case IDX_IMAGES, IDX_PACKED -> DataFiles.imageReader(folder);
      case IDX_LABELS -> DataFiles.labelReader(folder);
      case CSV_LEARN -> DataFiles.learner();
      case CSV_EVALUATE -> DataFiles.evaluator();
      case CSV_PREDICT -> DataFiles.predictor();
      case JSON -> ModelFiles.jsonReader();
      case SAFETENSORS -> ModelFiles.tensorReader();
      case MODEL -> new ModelReader(folder);
      case MODEL_DESCRIPTION -> {
        ModelFiles.foreignTensors(folder);
        yield new ModelReader(folder);
      }
    };
  }
}
