package dev.lamina.model;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Models in folders: the parameters as safetensors under PyTorch's state_dict names ({@code
 * 0.weight} [out, in], {@code 0.bias} [out]), and a readable {@code model.json}. The parameters of
 * a layer that is at several places are saved once, under the first; files that have them under
 * several can be read if they are equal there.
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
    return describe(folder, LayerTypes.STANDARD);
  }

  /** The same of a model that may have layers of your own. */
  public static ModelDescription describe(Path folder, LayerTypes types) {
    try (ModelFolder files = ModelFolder.open(folder)) {
      return ModelDescription.fromJson(files.description(), types);
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
    return load(folder, backend, LayerTypes.STANDARD);
  }

  /** The same of a model that may have layers of your own. */
  public static LoadedModel load(Path folder, Backend backend, LayerTypes types) {
    try (ModelFolder files = ModelFolder.open(folder)) {
      ModelDescription description = ModelDescription.fromJson(files.description(), types);
      ParameterLayout layout = new ParameterLayout(description.layer().parameters());
      List<TensorSource> tensors =
          tensors(files.tensors(), UnaryOperator.identity(), layout, description.dtype());
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
    loadParameters(file, model, UnaryOperator.identity());
  }

  /**
   * The same of a file in which tensors have other names.
   *
   * @param names the model's name for a name in the file; null for a tensor to leave out
   */
  public static void loadParameters(
      SafetensorsFile file, Model model, UnaryOperator<String> names) {
    tensors(file, names, model.layout(), model.dtype()).forEach(tensor -> copy(tensor, model));
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
      SafetensorsFile file, UnaryOperator<String> mapping, ParameterLayout layout, DType dtype) {
    Map<String, String> surplus = mapped(file, mapping);
    List<TensorSource> tensors = new ArrayList<>();
    for (Parameter parameter : layout.parameters()) {
      List<String> names =
          layout.names(parameter).stream().map(surplus::remove).filter(Objects::nonNull).toList();
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
      TensorSource tensor = checked(file, names.getFirst(), expected);
      for (String further : names.subList(1, names.size())) {
        checkSame(file, tensor, checked(file, further, expected));
      }
      tensors.add(new Renamed(parameter.name(), tensor));
    }
    if (!surplus.isEmpty()) {
      throw new LaminaException(
          file.path()
              + ": the tensors "
              + Quote.list(surplus.values())
              + " belong to no layer of the model, whose parameters are "
              + Quote.list(layout.parameters().stream().map(Parameter::name).toList()));
    }
    return tensors;
  }

  /** The file's names by the model's. */
  private static Map<String, String> mapped(SafetensorsFile file, UnaryOperator<String> mapping) {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String name : file.names()) {
      String to = mapping.apply(name);
      String other = to == null ? null : byName.put(to, name);
      if (other != null) {
        throw new LaminaException(
            file.path()
                + ": the tensors "
                + Quote.plain(other)
                + " and "
                + Quote.plain(name)
                + " are both to be the parameter "
                + Quote.plain(to));
      }
    }
    return byName;
  }

  private static TensorSource checked(SafetensorsFile file, String name, TensorType expected) {
    TensorSource tensor = file.tensor(name);
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

  private static void checkSame(SafetensorsFile file, TensorSource first, TensorSource other) {
    long bytes = first.type().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(Math.min(PIECE, bytes), 64);
      MemorySegment two = arena.allocate(Math.min(PIECE, bytes), 64);
      for (long done = 0; done < bytes; done += PIECE) {
        long length = Math.min(PIECE, bytes - done);
        first.read(done, one.asSlice(0, length));
        other.read(done, two.asSlice(0, length));
        if (one.asSlice(0, length).mismatch(two.asSlice(0, length)) >= 0) {
          throw new LaminaException(
              file.path()
                  + ": "
                  + Quote.plain(first.name())
                  + " and "
                  + Quote.plain(other.name())
                  + " are one parameter of the model, whose layer is at both places, and differ in"
                  + " the file");
        }
      }
    }
  }

  /** A tensor under the name that the model has for it. */
  private record Renamed(String name, TensorSource tensor) implements TensorSource {
    @Override
    public TensorType type() {
      return tensor.type();
    }

    @Override
    public void read(long offset, MemorySegment target) {
      tensor.read(offset, target);
    }
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
