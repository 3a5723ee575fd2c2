/** Lamina's core: tensors, graph, autodiff, layers, training and file formats. */
module dev.lamina.core {
  requires com.fasterxml.jackson.core;
  requires de.siegmar.fastcsv;

  exports dev.lamina;
  exports dev.lamina.backend;
  exports dev.lamina.data;
  exports dev.lamina.formula;
  exports dev.lamina.graph;
  exports dev.lamina.io;
  exports dev.lamina.model;
  exports dev.lamina.nn;
  exports dev.lamina.op;
  exports dev.lamina.optim;
  exports dev.lamina.program;
  exports dev.lamina.random;
  exports dev.lamina.tensor;
  exports dev.lamina.train;
  exports dev.lamina.type;

  uses dev.lamina.backend.BackendProvider;
}
