package dev.lamina.model;

import dev.lamina.LaminaException;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Models in folders: the parameters as safetensors under PyTorch's state_dict names ({@code
 * 0.weight} [out, in], {@code 0.bias} [out]), and a readable {@code model.json}.
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
    Set<String> surplus = new HashSet<>(file.names());
    List<TensorData> tensors = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      if (!surplus.remove(parameter.name())) {
        throw new LaminaException(
            file.path()
                + ": the parameter "
                + parameter.name()
                + " "
                + parameter.shape()
                + " of the model is missing; the file has "
                + file.names());
      }
      TensorData tensor = file.read(parameter.name(), arena);
      TensorType expected = new TensorType(dtype, parameter.shape());
      if (!tensor.type().equals(expected)) {
        throw new LaminaException(
            file.path()
                + ": parameter "
                + parameter.name()
                + " is "
                + tensor.type()
                + " and the model needs "
                + expected);
      }
      tensors.add(tensor);
    }
    if (!surplus.isEmpty()) {
      throw new LaminaException(
          file.path()
              + ": the tensors "
              + surplus
              + " belong to no layer of the model, whose parameters are "
              + layout.parameters().stream().map(Parameter::name).toList());
    }
    return tensors;
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
