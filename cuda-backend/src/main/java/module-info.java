/** Lamina's CUDA backend: NVIDIA GPUs through JCuda, JCublas and cuBLASLt. */
module dev.lamina.cuda {
  requires dev.lamina.core;
  requires java.logging; // JCuda's library loader logs through it
  requires jcublas;
  requires jcuda;

  provides dev.lamina.backend.BackendProvider with
      dev.lamina.cuda.CudaBackendProvider;
}
