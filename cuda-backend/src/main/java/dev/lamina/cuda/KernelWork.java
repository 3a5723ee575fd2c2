package dev.lamina.cuda;

import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/** A kernel with its arguments. */
final class KernelWork implements Work {
  private final CUfunction function;
  private final int gridX;
  private final int gridY;
  private final Pointer arguments;
  private final String action;

  /**
   * Binds a launch.
   *
   * @param scratch where the call's scratch memory starts, 0 if it has none
   * @param call what it is for, for messages
   */
  KernelWork(Kernels kernels, Step.Launch launch, long scratch, String call) {
    function = kernels.function(launch, call);
    gridX = (int) launch.gridX();
    gridY = (int) launch.gridY();
    arguments = pack(launch.arguments(), scratch);
    action = "launching the kernel " + launch.kernel() + " for " + call;
  }

  // One pointer for each argument's value; cuLaunchKernel knows their sizes.
  private static Pointer pack(List<Argument> arguments, long scratch) {
    Pointer[] values = new Pointer[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      Argument argument = arguments.get(i);
      values[i] =
          switch (argument.kind()) {
            case ADDRESS, COUNT -> Pointer.to(new long[] {argument.bits()});
            case SCRATCH -> Pointer.to(new long[] {scratch + argument.bits()});
            case INTEGER -> Pointer.to(new int[] {(int) argument.bits()});
            case FLOAT -> Pointer.to(new float[] {Float.intBitsToFloat((int) argument.bits())});
            case NUMBER -> Pointer.to(new double[] {Double.longBitsToDouble(argument.bits())});
          };
    }
    return Pointer.to(values);
  }

  @Override
  public void enqueue(Lane lane) {
    CudaException.check(
        () ->
            JCudaDriver.cuLaunchKernel(
                function,
                gridX,
                gridY,
                1,
                Geometry.THREADS,
                1,
                1,
                0,
                lane.stream(),
                arguments,
                null),
        action);
  }
}
