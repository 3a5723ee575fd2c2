package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import dev.lamina.backend.Backend;
import dev.lamina.io.ModelFolder;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.nn.ParameterLayout;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Models in folders: the parameters as safetensors under PyTorch's state_dict names ({@code
 * 0.weight} [out, in], {@code 0.bias} [out]), and a readable {@code model.json}. The parameters of
 * a layer that is at several places are saved once, under the first; files that have them under
 * several can be read if they are equal there.
 */
public final class SavedModel {
  private SavedModel() {}

  /**
   * Saves a model. The folder is made if needed; at any moment it holds a whole model, the old or
   * the new.
   *
   * @throws LaminaException if the folder cannot be written; what was there stays
   */
  public static void save(Path folder, Model model, ModelDescription description) {
    try (Arena arena = Arena.ofConfined()) {
      List<TensorData> tensors = new ArrayList<>();
      for (Parameter parameter : model.layout().parameters()) {
        TensorType type = new TensorType(model.dtype(), parameter.shape());
        MemorySegment host = arena.allocate(type.bytes(), 64);
        model.read(parameter.name(), host);
        tensors.add(new TensorData(parameter.name(), type, host));
      }
      ModelFolder.write(folder, description.toJson(), tensors);
    }
  }

  /**
   * Makes sure that a model with such a description can be saved, before time is spent on it.
   *
   * @throws LaminaException if it is too long, or has a layer that is not one of Lamina's
   */
  public static void check(ModelDescription description) {
    ModelFolder.checkDescription(description.toJson());
  }

  /**
   * Reads only the description of a saved model.
   *
   * @throws LaminaException if it is missing or damaged; the message names the file and the place
   */
  public static ModelDescription describe(Path folder) {
    try (ModelFolder files = ModelFolder.open(folder)) {
      return ModelDescription.fromJson(files.description());
    }
  }

  /**
   * Loads a model onto a device. Everything is checked before anything is made.
   *
   * @throws LaminaException if a file is missing or damaged, or parameters and layers do not agree;
   *     the message names the file, the parameter and the shapes
   */
  public static LoadedModel load(Path folder, Backend backend) {
    try (ModelFolder files = ModelFolder.open(folder);
        Arena arena = Arena.ofConfined()) {
      ModelDescription description = ModelDescription.fromJson(files.description());
      List<TensorData> tensors = read(files.tensors(), description, arena);
      Model model =
          Model.zeros(description.layer(), description.inputs(), backend, description.dtype());
      tensors.forEach(t -> model.write(t.name(), t.data()));
      return new LoadedModel(model, description);
    }
  }

  /**
   * Overwrites a model's parameters with those of a safetensors file, for example one that PyTorch
   * saved. Everything is checked before the model is touched.
   */
  public static void loadParameters(SafetensorsFile file, Model model) {
    try (Arena arena = Arena.ofConfined()) {
      read(file, model.layout(), model.dtype(), arena)
          .forEach(t -> model.write(t.name(), t.data()));
    }
  }

  private static List<TensorData> read(
      SafetensorsFile file, ModelDescription description, Arena arena) {
    ParameterLayout layout = new ParameterLayout(description.layer().parameters());
    return read(file, layout, description.dtype(), arena);
  }

  private static List<TensorData> read(
      SafetensorsFile file, ParameterLayout layout, DType dtype, Arena arena) {
    Set<String> surplus = new LinkedHashSet<>(file.names());
    List<TensorData> tensors = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      List<String> names = layout.names(parameter).stream().filter(surplus::remove).toList();
      if (names.isEmpty()) {
        throw new LaminaException(
            file.path()
                + ": the parameter "
                + parameter.name()
                + " "
                + parameter.shape()
                + " of the model is missing; the file has "
                + Quote.list(file.names()));
      }
      TensorType expected = new TensorType(dtype, parameter.shape());
      TensorData tensor = read(file, names.getFirst(), expected, arena);
      for (String further : names.subList(1, names.size())) {
        checkSame(file, tensor, read(file, further, expected, arena));
      }
      tensors.add(new TensorData(parameter.name(), expected, tensor.data()));
    }
    if (!surplus.isEmpty()) {
      throw new LaminaException(
          file.path()
              + ": the tensors "
              + Quote.list(surplus)
              + " belong to no layer of the model, whose parameters are "
              + Quote.list(layout.parameters().stream().map(Parameter::name).toList()));
    }
    return tensors;
  }

  private static TensorData read(
      SafetensorsFile file, String name, TensorType expected, Arena arena) {
    TensorData tensor = file.read(name, arena);
    if (!tensor.type().equals(expected)) {
      throw new LaminaException(
          file.path()
              + ": parameter "
              + Quote.plain(name)
              + " is "
              + Quote.plain(tensor.type().toString())
              + " and the model needs "
              + expected);
    }
    return tensor;
  }

  private static void checkSame(SafetensorsFile file, TensorData first, TensorData other) {
    if (first.data().mismatch(other.data()) >= 0) {
      throw new LaminaException(
          file.path()
              + ": "
              + first.name()
              + " and "
              + other.name()
              + " are one parameter of the model, whose layer is at both places, and differ in the"
              + " file");
    }
  }

  /**
   * A model that was loaded.
   *
   * @param model with its parameters on a device; its caller closes it
   */
  public record LoadedModel(Model model, ModelDescription description) implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }
}
