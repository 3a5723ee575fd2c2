package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.backend.Backend;
import dev.lamina.io.ModelFolder;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorSource;
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
  /** A multiple of every element size. */
  private static final long PIECE = 4L << 20;

  private SavedModel() {}

  /**
   * Saves a model, piece by piece: no copy of its parameters is made. The folder is made if needed;
   * at any moment it holds a whole model, the old or the new.
   *
   * @throws LaminaException if the folder cannot be written; what was there stays
   */
  public static void save(Path folder, Model model, ModelDescription description) {
    ModelFolder.write(
        folder,
        description.toJson(),
        model.layout().parameters().stream().map(p -> new ModelParameter(model, p)).toList());
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
   * Loads a model onto a device. Names, shapes and types are checked before anything is made, and
   * parameters are copied piece by piece.
   *
   * @throws LaminaException if a file is missing or damaged, or parameters and layers do not agree;
   *     the message names the file, the parameter and the shapes
   */
  public static LoadedModel load(Path folder, Backend backend) {
    try (ModelFolder files = ModelFolder.open(folder)) {
      ModelDescription description = ModelDescription.fromJson(files.description());
      ParameterLayout layout = new ParameterLayout(description.layer().parameters());
      List<TensorSource> tensors = tensors(files.tensors(), layout, description.dtype());
      Model model =
          Model.zeros(description.layer(), description.inputs(), backend, description.dtype());
      boolean whole = false;
      try {
        tensors.forEach(tensor -> copy(tensor, model));
        whole = true;
      } finally {
        if (!whole) {
          model.close();
        }
      }
      return new LoadedModel(model, description);
    }
  }

  /**
   * Overwrites a model's parameters with those of a safetensors file, for example one that PyTorch
   * saved. Names, shapes and types are checked before the model is touched; should reading fail
   * afterwards, as with a broken disk, a part of the parameters is new.
   */
  public static void loadParameters(SafetensorsFile file, Model model) {
    tensors(file, model.layout(), model.dtype()).forEach(tensor -> copy(tensor, model));
  }

  private static void copy(TensorSource tensor, Model model) {
    long bytes = tensor.type().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(Math.min(PIECE, bytes), 64);
      for (long done = 0; done < bytes; done += PIECE) {
        MemorySegment part = piece.asSlice(0, Math.min(PIECE, bytes - done));
        tensor.read(done, part);
        model.write(tensor.name(), done, part);
      }
    }
  }

  /** The file's tensors in order of the layout, all there and of the right types. */
  private static List<TensorSource> tensors(
      SafetensorsFile file, ParameterLayout layout, DType dtype) {
    Set<String> surplus = new HashSet<>(file.names());
    List<TensorSource> tensors = new ArrayList<>();
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
      TensorSource tensor = file.tensor(parameter.name());
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

  /** A parameter on a device, which is read while it is written to a file. */
  private record ModelParameter(Model model, Parameter parameter) implements TensorSource {
    @Override
    public String name() {
      return parameter.name();
    }

    @Override
    public TensorType type() {
      return new TensorType(model.dtype(), parameter.shape());
    }

    @Override
    public void read(long offset, MemorySegment target) {
      model.read(parameter.name(), offset, target);
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
