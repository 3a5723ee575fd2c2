package org.example.outside;

import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.io.TensorData;
import dev.lamina.model.SavedModel;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameter;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parameters and states of a model in a safetensors file, by the names that PyTorch gives them. */
final class Parameters {
  private Parameters() {}

  static void save(Model model, Path file) {
    List<TensorData> tensors = new ArrayList<>();
    for (Parameter parameter : model.layout().parameters()) {
      TensorType type = new TensorType(model.dtype(), parameter.shape());
      MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]);
      model.read(parameter.name(), data);
      tensors.add(new TensorData(parameter.name(), type, data));
    }
    Safetensors.write(file, tensors, Map.of());
  }

  static void load(Model model, Path file) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      SavedModel.loadParameters(open, model);
    }
  }
}
