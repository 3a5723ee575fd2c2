package dev.lamina.cuda.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;

/** Loads everything in a JVM of its own, calls one function of each library, and prints it. */
final class LoadProbe {
  private LoadProbe() {}

  /** With the argument {@code jcuda} JCuda loads by itself, as it does without Lamina. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      String temporary = System.getProperty("java.io.tmpdir");
      CudaLibraries libraries = CudaLibraries.load(Environment.system());
      libraries.search().forEach(s -> System.out.println("step " + s));
      if (libraries instanceof CudaLibraries.Unavailable(String reason, String remedy, var _)) {
        System.out.println("unavailable " + reason + ". " + remedy + ".");
        return;
      }
      CudaLibraries.Loaded loaded = (CudaLibraries.Loaded) libraries;
      System.out.println("major " + loaded.cublasMajor() + " version " + loaded.cublasVersion());
      loaded.details().forEach((k, v) -> System.out.println("detail " + k + ": " + v));
      System.out.println("again " + (CudaLibraries.load(Environment.system()) == loaded));
      System.out.println(
          "temporary kept " + temporary.equals(System.getProperty("java.io.tmpdir")));
      NativeCublasHandle handle = new NativeCublasHandle();
      int[] version = new int[1];
      System.out.println("create " + JCublas2.cublasCreate(handle) + " " + handle.address());
      System.out.println("get " + JCublas2.cublasGetVersion(handle, version) + " " + version[0]);
    }
    try {
      int[] driver = new int[1];
      System.out.println("driver " + JCudaDriver.cuDriverGetVersion(driver) + " " + driver[0]);
    } catch (LinkageError e) {
      System.out.println("error " + e.getClass().getSimpleName());
    }
    Set<String> maps = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      int slash = line.indexOf('/');
      if (slash >= 0 && (line.contains("/libJC") || line.contains("/libcu"))) {
        maps.add(line.substring(slash));
      }
    }
    maps.forEach(m -> System.out.println("mapped " + m));
  }
}
