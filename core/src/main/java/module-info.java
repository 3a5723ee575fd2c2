/** Lamina's core: tensors, graph, autodiff, layers, training and file formats. */
module dev.lamina.core {
  requires com.fasterxml.jackson.core;
  requires de.siegmar.fastcsv;

  exports dev.lamina;
  exports dev.lamina.backend;
  exports dev.lamina.graph;
  exports dev.lamina.nn;
  exports dev.lamina.op;
  exports dev.lamina.optim;
  exports dev.lamina.program;
  exports dev.lamina.random;
  exports dev.lamina.tensor;
  exports dev.lamina.type;

  uses dev.lamina.backend.BackendProvider;
}
