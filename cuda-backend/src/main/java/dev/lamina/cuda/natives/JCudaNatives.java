package dev.lamina.cuda.natives;

import dev.lamina.natives.CachePlaces;
import dev.lamina.natives.NativeCache;
import dev.lamina.natives.NativeFile;
import dev.lamina.natives.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;

/**
 * Loads JCuda's native libraries out of a private folder.
 *
 * <p>By itself JCuda unpacks them into {@code java.io.tmpdir}, and loads a file of that name that
 * already lies there, whoever put it there. Therefore they are unpacked and compared by SHA-256
 * here, loaded by their absolute paths, and while JCuda's classes initialise, {@code
 * java.io.tmpdir} names the private folder, so that JCuda finds just these files.
 */
final class JCudaNatives {
  private static final String REMEDY =
      "Add org.jcuda:jcuda-natives and org.jcuda:jcublas-natives with classifier linux-x86_64, of"
          + " the same version as jcuda, to the class path";

  private JCudaNatives() {}

  /**
   * Which cuBLAS JCublas is to call. JCublas 12.6 is bound to version {@code libcublas.so.12} of
   * the symbols of {@code libcublas.so.12}; where that is not what is there, it must be relinked:
   * glibc ends the process at the first call of a symbol whose version its library does not have.
   *
   * @param major which CUDA version it belongs to
   * @param versioned whether its symbols have a version of its name
   */
  record Binding(int major, boolean versioned) {
    boolean relinked() {
      return major != 12 || !versioned;
    }

    String library() {
      return "libcublas.so." + major;
    }
  }

  /**
   * Unpacks the libraries, rebinds JCublas if need be, loads both and initialises JCuda's classes.
   * CUDA's own libraries must be loaded already.
   *
   * @param binding which cuBLAS is loaded
   * @return the folder they are in
   */
  static Path load(Environment environment, NativeCache cache, Binding binding, SearchLog log)
      throws UnusableException {
    Path folder = unpack(environment, cache, binding, log);
    initialise(folder);
    log.add("JCuda", folder, "loaded");
    return folder;
  }

  /** Unpacks both libraries into a folder that is named after their content. */
  static Path unpack(Environment environment, NativeCache cache, Binding binding, SearchLog log)
      throws UnusableException {
    byte[] driver = resource(environment, driverName());
    byte[] cublas = resource(environment, cublasName());
    if (binding.relinked()) {
      try {
        cublas = ElfRelinker.relink(cublas, "libcublas.so.12", binding.library());
      } catch (ElfFormatException e) {
        throw new UnusableException(
            cublasName() + " cannot be bound to " + binding.library() + ": " + e.getMessage(),
            "Install the CUDA 12 libraries beside those of CUDA " + binding.major(),
            e);
      }
    }
    String hash = Sha256.of(driver, cublas);
    String name =
        "jcuda-" + JCudaVersion.get() + "-cublas" + binding.major() + "-" + hash.substring(0, 16);
    try {
      Path folder =
          cache.store(name, List.of(file(driverName(), driver), file(cublasName(), cublas)));
      log.add(
          "JCuda",
          folder.resolve(cublasName()),
          binding.relinked() ? "unpacked and bound to " + binding.library() : "unpacked");
      return folder;
    } catch (IOException e) {
      throw new UnusableException(
          "JCuda's native libraries cannot be unpacked: " + e.getMessage(),
          "Set " + CachePlaces.PROPERTY + " to a folder that only you can write to",
          e);
    }
  }

  private static NativeFile file(String name, byte[] content) {
    return new NativeFile(
        name, content.length, Sha256.of(content), () -> new ByteArrayInputStream(content));
  }

  static String driverName() {
    return name("JCudaDriver");
  }

  static String cublasName() {
    return name("JCublas2");
  }

  private static String name(String library) {
    return "lib" + library + "-" + JCudaVersion.get() + "-linux-x86_64.so";
  }

  static byte[] resource(Environment environment, String name) throws UnusableException {
    URL url = environment.resources().apply("lib/" + name);
    if (url == null) {
      throw new UnusableException(name + " of JCuda is not on the class path", REMEDY);
    }
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UnusableException(url + " cannot be read: " + e.getMessage(), REMEDY, e);
    }
  }

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static synchronized void initialise(Path folder) throws UnusableException {
    ClassLoader loader = JCudaNatives.class.getClassLoader();
    keepTemporaryFolder();
    String temporary = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      // A library belongs to the class loader that loads it: with a JCuda of another loader, only
      // its own attempt, in the same folder, may load them.
      if (JCudaDriver.class.getClassLoader() == loader) {
        System.load(folder.resolve(driverName()).toString());
        System.load(folder.resolve(cublasName()).toString());
      }
      Class.forName(JCudaDriver.class.getName(), true, loader);
      Class.forName(JCublas2.class.getName(), true, loader);
    } catch (LinkageError | ClassNotFoundException e) {
      throw new UnusableException(
          "JCuda's native libraries in " + folder + " cannot be loaded: " + reason(e),
          "They need a C library not older than glibc 2.17 and libstdc++.so.6, and a folder from"
              + " which programs may be run; set "
              + CachePlaces.PROPERTY
              + " to choose another",
          e);
    } catch (IllegalCallerException e) {
      throw UnusableException.nativeAccessDenied(e);
    } finally {
      if (temporary == null) {
        System.clearProperty("java.io.tmpdir");
      } else {
        System.setProperty("java.io.tmpdir", temporary);
      }
    }
  }

  // The JDK reads java.io.tmpdir once, when the first temporary file is made: let that be now,
  // so that no thread can do so while the property points elsewhere. The names are the JDK's own;
  // where they have changed, a temporary file of another thread may at worst land in our folder.
  private static void keepTemporaryFolder() {
    for (String name :
        new String[] {"java.io.File$TempDirectory", "java.nio.file.TempFileHelper"}) {
      try {
        Class.forName(name);
      } catch (ClassNotFoundException | LinkageError e) {
        System.getLogger(JCudaNatives.class.getName())
            .log(System.Logger.Level.DEBUG, "no class {0} in this JDK", name);
      }
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
