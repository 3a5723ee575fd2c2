// What the emulated cuBLAS and cuBLASLt call in libcuda.so.1: their work joins its streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#define CUEMU_EXPORT __attribute__((visibility("default")))

namespace cuemu::library {
using Address = std::uint64_t;

// Adds work to a stream (or to its capture). The work returns what is wrong with its operands, or
// "". Answers 0, or the CUresult that refused it.
CUEMU_EXPORT int enqueue(
    void* stream, const std::string& name, std::function<std::string()> work);
// Checks and notes an access by the work that runs; returns what is wrong with it, or "".
CUEMU_EXPORT std::string touch(Address address, std::size_t bytes, bool write);
// Keeps a finding about how the library is used; returns the status.
CUEMU_EXPORT int finding(int status, const std::string& what);
CUEMU_EXPORT bool is_stream(void* stream);
CUEMU_EXPORT bool captured(void* stream);
CUEMU_EXPORT bool has_context();
CUEMU_EXPORT bool is_memory(Address address, std::size_t bytes);
// Device memory that a library holds by itself: counted, but without content. Whether there is so
// much.
CUEMU_EXPORT bool take_memory(std::size_t bytes);
CUEMU_EXPORT void give_memory(std::size_t bytes);
// The device's compute capability, 10 major + minor.
CUEMU_EXPORT int compute_capability();
// Counts a GEMM that a capture meets without a workspace of the user's.
CUEMU_EXPORT void captured_without_workspace();
// The status by which this function refuses its work, if the setting `unsupported` names it; else 0.
CUEMU_EXPORT int refusal(const char* function);
// Whether NaN is left by ReLU.
CUEMU_EXPORT bool relu_keeps_nan();
// Whether the mask of ReLU has a bit for 0 and NaN too.
CUEMU_EXPORT bool relu_mask_at_zero();
// Whether GELU is approximated.
CUEMU_EXPORT bool gelu_is_coarse();

// Handles of both libraries: cuBLASLt takes those of cuBLAS too.
CUEMU_EXPORT void* add_handle(void* handle);
CUEMU_EXPORT void remove_handle(void* handle);
CUEMU_EXPORT bool is_handle(const void* handle);
}  // namespace cuemu::library
