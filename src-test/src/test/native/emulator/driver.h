// What the entry points of libcuda.so.1 share.
#pragma once

#include <mutex>

#include "codes.h"
#include "report.h"

#define API extern "C" __attribute__((visibility("default"))) int

// First line of an entry point: takes the lock, answers what every call answers. CUEMU_ENTER_ALWAYS
// is for the few that work before cuInit, CUEMU_ENTER_DEVICE for those that need no current
// context.
#define CUEMU_ENTER_ALWAYS \
  std::lock_guard<std::recursive_mutex> guard(cuemu::lock)
#define CUEMU_ENTER_DEVICE                                       \
  CUEMU_ENTER_ALWAYS;                                            \
  if (int refusal = cuemu::refuse(__func__, false)) return refusal
#define CUEMU_ENTER                                             \
  CUEMU_ENTER_ALWAYS;                                           \
  if (int refusal = cuemu::refuse(__func__, true)) return refusal

// Looks a handle up or answers INVALID_HANDLE.
#define CUEMU_FIND(name, lookup)                                                     \
  auto* name = lookup;                                                               \
  if (name == nullptr) {                                                             \
    return cuemu::report(cuemu::INVALID_HANDLE, "%s: no such " #name, __func__);     \
  }

namespace cuemu {
// The code that a call must answer at once, or SUCCESS.
int refuse(const char* function, bool needsContext);
bool initialised();
bool has_context();
}  // namespace cuemu
