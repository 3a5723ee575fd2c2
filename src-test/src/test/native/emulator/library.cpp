#include "library.h"

#include "driver.h"
#include "handles.h"
#include "graph.h"
#include "memory.h"
#include "settings.h"
#include "shadow.h"
#include "stream.h"

namespace cuemu::library {
namespace {
std::set<const void*> handles;
}

int enqueue(void* handle, const std::string& name, std::function<std::string()> work) {
  CUEMU_ENTER;
  CUEMU_FIND(stream, stream_of(handle));
  counters.libraryCalls++;
  return cuemu::enqueue(*stream, name, [name, work = std::move(work)] {
    std::string problem = work();
    if (!problem.empty()) {
      poison(ILLEGAL_ADDRESS, name + ": " + problem);
    }
  });
}

std::string touch(Address address, std::size_t bytes, bool write) {
  return cuemu::touch(address, bytes, write, false);
}

int finding(int status, const std::string& what) {
  CUEMU_ENTER_ALWAYS;
  return report(status, "%s", what.c_str());
}

bool is_stream(void* stream) {
  CUEMU_ENTER_ALWAYS;
  return stream_of(stream) != nullptr;
}

bool captured(void* handle) {
  CUEMU_ENTER_ALWAYS;
  Stream* stream = stream_of(handle);
  return stream != nullptr && stream->capture != nullptr;
}

bool has_context() {
  CUEMU_ENTER_ALWAYS;
  return initialised() && cuemu::has_context();
}

bool is_memory(Address address, std::size_t bytes) {
  CUEMU_ENTER_ALWAYS;
  return inside(address, bytes);
}

bool take_memory(std::size_t bytes) {
  CUEMU_ENTER_ALWAYS;
  return hold(bytes);
}

void give_memory(std::size_t bytes) {
  CUEMU_ENTER_ALWAYS;
  give_back(bytes);
}

int compute_capability() {
  CUEMU_ENTER_ALWAYS;
  return settings.computeCapability;
}

void captured_without_workspace() {
  CUEMU_ENTER_ALWAYS;
  counters.capturesWithoutWorkspace++;
}

int refusal(const char* function) {
  CUEMU_ENTER_ALWAYS;
  return settings.unsupported.count(function) != 0 ? settings.refusal : 0;
}

bool relu_keeps_nan() {
  CUEMU_ENTER_ALWAYS;
  return settings.reluKeepsNan;
}

bool relu_mask_at_zero() {
  CUEMU_ENTER_ALWAYS;
  return settings.reluMaskAtZero;
}

bool gelu_is_coarse() {
  CUEMU_ENTER_ALWAYS;
  return settings.geluIsCoarse;
}

void* add_handle(void* handle) {
  CUEMU_ENTER_ALWAYS;
  handles.insert(handle);
  return handle;
}

void remove_handle(void* handle) {
  CUEMU_ENTER_ALWAYS;
  handles.erase(handle);
}

bool is_handle(const void* handle) {
  CUEMU_ENTER_ALWAYS;
  return handles.count(handle) != 0;
}
}  // namespace cuemu::library
