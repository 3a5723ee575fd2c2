// What tests call: settings, findings, counters, kernels.
#include <cstring>
#include <string>

#include "driver.h"
#include "graph.h"
#include "kernel.h"
#include "memory.h"
#include "module.h"
#include "settings.h"
#include "stream.h"

#define CONTROL extern "C" __attribute__((visibility("default")))

using namespace cuemu;

namespace {
// Copies into the caller's buffer, cut if it is too small; returns the whole length.
long give(const std::string& text, char* buffer, long size) {
  if (size > 0) {
    std::size_t n = std::min(text.size(), static_cast<std::size_t>(size - 1));
    std::memcpy(buffer, text.data(), n);
    buffer[n] = 0;
  }
  return static_cast<long>(text.size());
}
}  // namespace

// 0, or 1 where there is no such setting or value.
CONTROL int cuemu_set(const char* name, const char* value) {
  CUEMU_ENTER_ALWAYS;
  return change_setting(name, value) ? 0 : 1;
}

// Settings, findings, counters and the sticky error as at the start; what waits is done first.
CONTROL void cuemu_reset() {
  CUEMU_ENTER_ALWAYS;
  synchronise_all();
  reset_settings();
  clear_findings();
  reset_counters();
}

// -1 where there is no such counter.
CONTROL long cuemu_counter(const char* name) {
  CUEMU_ENTER_ALWAYS;
  std::string n = name;
  if (n == "live_streams") {
    return static_cast<long>(streams.all().size());
  }
  if (n == "live_events") {
    return static_cast<long>(events.all().size());
  }
  if (n == "live_graphs") {
    return static_cast<long>(graphs.all().size() + executableGraphs.all().size());
  }
  if (n == "live_modules") {
    return static_cast<long>(modules.all().size());
  }
  return counter(n);
}

CONTROL long cuemu_finding(long index, char* buffer, long size) {
  CUEMU_ENTER_ALWAYS;
  if (index < 0 || static_cast<std::size_t>(index) >= findings().size()) {
    return -1;
  }
  return give(findings()[static_cast<std::size_t>(index)], buffer, size);
}

CONTROL long cuemu_live(char* buffer, long size) {
  CUEMU_ENTER_ALWAYS;
  return give(live_list(), buffer, size);
}

// "" or what is wrong.
CONTROL long cuemu_load(const char* path, char* buffer, long size) {
  CUEMU_ENTER_ALWAYS;
  open_arena();
  return give(load_kernels(path), buffer, size);
}

CONTROL long cuemu_declarations(const char* source, char* buffer, long size) {
  CUEMU_ENTER_ALWAYS;
  return give(declarations(source), buffer, size);
}

// Called by the entry points that the build adds for what is not emulated.
CONTROL int cuemu_unsupported(const char* function) {
  CUEMU_ENTER_ALWAYS;
  return report(NOT_SUPPORTED, "%s is not emulated", function);
}
