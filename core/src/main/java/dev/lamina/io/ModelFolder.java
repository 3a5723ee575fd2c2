package dev.lamina.io;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of a saved model: {@code model.safetensors} with the tensors and {@code model.json}
 * with the description for people to read.
 *
 * <p>Two files cannot be renamed at once, so one of them is enough: the description also lies in
 * the safetensors file's metadata under {@code lamina}, and reading takes it from there. The rename
 * of that file is the moment at which the new model replaces the old; {@code model.json} follows
 * and is a copy. A kill between the two leaves a whole new model beside the old copy. Where the
 * metadata has no description, as in a file saved by PyTorch, {@code model.json} counts.
 */
public final class ModelFolder implements AutoCloseable {
  /** The file with the tensors and, in its metadata, the description. */
  public static final String TENSORS = "model.safetensors";

  /** The file with the description for people to read. */
  public static final String DESCRIPTION = "model.json";

  private static final String KEY = "lamina";
  private static final System.Logger LOG = System.getLogger(ModelFolder.class.getName());

  private final SafetensorsFile tensors;
  private final JsonNode description;

  private ModelFolder(SafetensorsFile tensors, JsonNode description) {
    this.tensors = tensors;
    this.description = description;
  }

  /**
   * Saves a model, creating the folder if needed. At any moment the folder holds a whole model, the
   * old or the new.
   *
   * @param description a tree as {@link Json} takes, of at most 16 MiB
   */
  public static void write(Path folder, Map<String, ?> description, List<TensorData> tensors) {
    byte[] pretty = text(description);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw IoFailure.creating(folder, e);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put(KEY, Json.compact(description));
    Safetensors.write(folder.resolve(TENSORS), tensors, metadata);
    AtomicFile.write(folder.resolve(DESCRIPTION), pretty);
  }

  /**
   * Makes sure that a description can be written.
   *
   * @throws LaminaException if it is too long to be read again
   */
  public static void checkDescription(Map<String, ?> description) {
    text(description);
  }

  private static byte[] text(Map<String, ?> description) {
    byte[] text = Json.pretty(description).getBytes(StandardCharsets.UTF_8);
    if (text.length > Json.MAX_FILE_BYTES) {
      throw new LaminaException(
          "the model's description would have "
              + text.length
              + " bytes, and the limit is "
              + Json.MAX_FILE_BYTES
              + "; take fewer features or classes, or shorter names");
    }
    return text;
  }

  /**
   * Opens a saved model.
   *
   * @throws LaminaException if it is not there or damaged; it names the file and the place
   */
  public static ModelFolder open(Path folder) {
    Path file = folder.resolve(TENSORS);
    if (!Files.exists(file)) {
      throw new LaminaException(
          folder
              + ": no model here; expected the file "
              + TENSORS
              + (Files.isDirectory(folder) ? "" : " in a folder, and there is no such folder")
              + ". Name the folder that a model was saved to");
    }
    SafetensorsFile tensors = Safetensors.open(file);
    try {
      return new ModelFolder(tensors, describe(folder, tensors));
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private static JsonNode describe(Path folder, SafetensorsFile tensors) {
    Path copy = folder.resolve(DESCRIPTION);
    String inside = tensors.metadata().get(KEY);
    if (inside == null) {
      if (!Files.exists(copy)) {
        throw new LaminaException(
            tensors.path()
                + ": its metadata hold no description under '"
                + KEY
                + "', and there is no "
                + DESCRIPTION
                + " beside it; add one that describes the layers");
      }
      return Json.read(copy);
    }
    JsonNode description = Json.parse(inside, tensors.path() + ": metadata '" + KEY + "'");
    if (differs(copy, description)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} differs from the description inside {1}, which counts; save the model again to"
              + " renew the copy",
          copy,
          TENSORS);
    }
    return description;
  }

  private static boolean differs(Path copy, JsonNode description) {
    if (!Files.exists(copy)) {
      return false;
    }
    try {
      return !description.value().equals(Json.read(copy).value());
    } catch (LaminaException e) {
      return true;
    }
  }

  /** The description, as it was given to {@link #write}. */
  public JsonNode description() {
    return description;
  }

  /** The tensors. */
  public SafetensorsFile tensors() {
    return tensors;
  }

  /** Closes the files; what was read stays. */
  @Override
  public void close() {
    tensors.close();
  }
}
