package dev.lamina.cuda;

import dev.lamina.backend.DeviceReport;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * One GPU, as the driver describes it.
 *
 * @param index its number, from 0
 * @param handle the driver's handle
 * @param name its name
 * @param memoryBytes its memory
 * @param major the compute capability's first number
 * @param minor the compute capability's second number
 * @param multiprocessors how many streaming multiprocessors it has
 */
record Gpu(
    int index,
    CUdevice handle,
    String name,
    long memoryBytes,
    int major,
    int minor,
    int multiprocessors) {
  private static final int OLDEST_MAJOR = 7;
  private static final int OLDEST_MINOR = 5;
  private static final int AMPERE = 8;
  private static final int HOPPER = 9;

  /** Asks the driver; libraries must be loaded. */
  static Gpu query(int index) {
    String action = "asking for the GPU " + index;
    CUdevice handle = new CUdevice();
    CudaException.check(() -> JCudaDriver.cuDeviceGet(handle, index), action);
    byte[] name = new byte[256];
    CudaException.check(() -> JCudaDriver.cuDeviceGetName(name, name.length, handle), action);
    long[] bytes = new long[1];
    CudaException.check(() -> JCudaDriver.cuDeviceTotalMem(bytes, handle), action);
    return new Gpu(
        index,
        handle,
        new String(name, StandardCharsets.UTF_8).replace("\0", "").strip(),
        bytes[0],
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
  }

  private static int attribute(CUdevice handle, int attribute) {
    int[] value = new int[1];
    CudaException.check(
        () -> JCudaDriver.cuDeviceGetAttribute(value, attribute, handle),
        "asking for the attribute " + CUdevice_attribute.stringFor(attribute));
    return value[0];
  }

  /** By which users choose it. */
  String id() {
    return "cuda:" + index;
  }

  /** Whether the kernels run on it. */
  boolean isSupported() {
    return major > OLDEST_MAJOR || major == OLDEST_MAJOR && minor >= OLDEST_MINOR;
  }

  /** Whether its tensor cores take TF32. */
  boolean hasTf32() {
    return major >= AMPERE;
  }

  /** The architecture of the kernels' machine code for it; empty where the driver compiles them. */
  Optional<String> cubins() {
    return Cubins.architecture(major, minor);
  }

  /** What NVIDIA recommends cuBLAS to have: 32 MiB from Hopper on, else 4 MiB. */
  long blasWorkspaceBytes() {
    return (major >= HOPPER ? 32L : 4L) << 20;
  }

  /**
   * What a handle of cuBLAS takes by itself, whether or not it is given a workspace: 32 MiB from
   * Hopper on, else what it calls {@code :4096:2:16:8}.
   */
  long blasHandleBytes() {
    return major >= HOPPER ? 32L << 20 : 2 * (4096L << 10) + 8 * (16L << 10);
  }

  /** What users are told of it. */
  DeviceReport report(Map<String, String> libraries, List<String> search) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("memory", String.format(Locale.ROOT, "%.1f GiB", memoryBytes / 0x1p30));
    details.put("compute capability", major + "." + minor);
    details.put("multiprocessors", Integer.toString(multiprocessors));
    details.put(
        "kernels", cubins().map(a -> "compiled for " + a).orElse("PTX, the driver compiles it"));
    details.putAll(libraries);
    return isSupported()
        ? new DeviceReport(id(), true, name, "", "", details, search)
        : new DeviceReport(
            id(),
            false,
            name,
            "its compute capability is " + major + "." + minor + ", expected at least 7.5",
            "Use a GPU of the Turing generation (2018) or later, or the cpu device",
            details,
            search);
  }
}
