/**
 * Lamina's CPU backend. Nothing is exported: it is found as a service.
 *
 * <p>On the module path the Vector API comes with this module; on the class path, where
 * requirements of modules are not read, it needs {@code --add-modules jdk.incubator.vector}, and
 * without it the plain kernels do the work.
 */
module dev.lamina.cpu {
  requires dev.lamina.core;
  requires jdk.incubator.vector;

  provides dev.lamina.backend.BackendProvider with
      dev.lamina.cpu.CpuBackendProvider;
}
