/** Lamina's core: tensors, graph, autodiff, layers, training and file formats. */
@SuppressWarnings("module") // the backends are compiled after it
module dev.lamina.core {
  requires com.fasterxml.jackson.core;
  requires de.siegmar.fastcsv;

  exports dev.lamina;
  exports dev.lamina.backend;
  exports dev.lamina.data;
  exports dev.lamina.formula;
  exports dev.lamina.graph;
  exports dev.lamina.host to
      dev.lamina.cpu,
      dev.lamina.cuda,
      dev.lamina.tables;
  exports dev.lamina.io;
  exports dev.lamina.loss;
  exports dev.lamina.model;
  exports dev.lamina.natives to
      dev.lamina.cpu,
      dev.lamina.cuda;
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
