package dev.lamina.cuda.natives;

import java.lang.foreign.SymbolLookup;
import java.util.List;

/**
 * The native functions that this backend calls, by their names in the libraries.
 *
 * <p>JCuda binds each function at its first call, and a function that the library lacks ends the
 * JVM there. So all of them are looked up before anything is called. A test compares these lists
 * with the calls that the compiled backend contains.
 */
final class RequiredFunctions {
  /** In {@code libcuda.so.1}. */
  static final List<String> DRIVER =
      List.of(
          "cuCtxGetCurrent",
          "cuCtxGetStreamPriorityRange",
          "cuCtxPopCurrent_v2",
          "cuCtxPushCurrent_v2",
          "cuCtxSetCurrent",
          "cuCtxSynchronize",
          "cuDeviceGet",
          "cuDeviceGetAttribute",
          "cuDeviceGetCount",
          "cuDeviceGetName",
          "cuDeviceGetUuid",
          "cuDevicePrimaryCtxRelease_v2",
          "cuDevicePrimaryCtxRetain",
          "cuDeviceTotalMem_v2",
          "cuDriverGetVersion",
          "cuEventCreate",
          "cuEventDestroy_v2",
          "cuEventElapsedTime",
          "cuEventQuery",
          "cuEventRecord",
          "cuEventSynchronize",
          "cuFuncGetAttribute",
          "cuFuncSetAttribute",
          "cuGetErrorName",
          "cuGetErrorString",
          "cuGraphDestroy",
          "cuGraphExecDestroy",
          "cuGraphInstantiateWithFlags",
          "cuGraphLaunch",
          "cuGraphUpload",
          "cuInit",
          "cuLaunchKernel",
          "cuMemAllocHost_v2",
          "cuMemAlloc_v2",
          "cuMemFreeHost",
          "cuMemFree_v2",
          "cuMemGetInfo_v2",
          "cuMemHostAlloc",
          "cuMemcpyDtoDAsync_v2",
          "cuMemcpyDtoHAsync_v2",
          "cuMemcpyDtoH_v2",
          "cuMemcpyHtoDAsync_v2",
          "cuMemcpyHtoD_v2",
          "cuMemsetD32Async",
          "cuMemsetD8Async",
          "cuModuleGetFunction",
          "cuModuleLoadData",
          "cuModuleLoadDataEx",
          "cuModuleUnload",
          "cuOccupancyMaxActiveBlocksPerMultiprocessor",
          "cuStreamBeginCapture_v2",
          "cuStreamCreate",
          "cuStreamCreateWithPriority",
          "cuStreamDestroy_v2",
          "cuStreamEndCapture",
          "cuStreamIsCapturing",
          "cuStreamQuery",
          "cuStreamSynchronize",
          "cuStreamWaitEvent");

  /** In {@code libcublas}. */
  static final List<String> CUBLAS =
      List.of(
          "cublasCreate_v2",
          "cublasDestroy_v2",
          "cublasDgemm_v2",
          "cublasGemmEx",
          "cublasGemmStridedBatchedEx",
          "cublasGetVersion_v2",
          "cublasSetMathMode",
          "cublasSetPointerMode_v2",
          "cublasSetStream_v2",
          "cublasSetWorkspace_v2",
          "cublasSgemm_v2");

  private RequiredFunctions() {}

  /** Those that a library lacks. */
  static List<String> missing(SymbolLookup library, List<String> required) {
    return required.stream().filter(name -> library.find(name).isEmpty()).toList();
  }
}
