#include "status.h"

namespace cublas {
const char* status_name(int status) {
  switch (status) {
    case SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    default:
      return "unknown status";
  }
}

const char* status_string(int status) {
  switch (status) {
    case SUCCESS:
      return "success";
    case NOT_INITIALIZED:
      return "the library was not initialized";
    case ALLOC_FAILED:
      return "the resource allocation failed";
    case INVALID_VALUE:
      return "an invalid value was used as an argument";
    case NOT_SUPPORTED:
      return "the functionality is not supported";
    case EXECUTION_FAILED:
      return "the GPU program failed to execute";
    default:
      return status_name(status);
  }
}
}  // namespace cublas
