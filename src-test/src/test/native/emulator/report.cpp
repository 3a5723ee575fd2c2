#include "report.h"

#include <cstdarg>
#include <cstdio>
#include <map>

#include "settings.h"

namespace cuemu {
std::recursive_mutex lock;
Counters counters;

namespace {
std::vector<std::string> found;
int poisoned = SUCCESS;

int keep(int code, const std::string& text) {
  if (!settings.quiet) {
    std::fprintf(stderr, "[cuemu] %d: %s\n", code, text.c_str());
  }
  found.push_back(text);
  return code;
}
}  // namespace

int report(int code, const char* format, ...) {
  char text[2048];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return keep(code, text);
}

int poison(int code, const std::string& what) {
  keep(code, what);
  return poisoned = code;
}

const std::vector<std::string>& findings() { return found; }

int sticky() { return poisoned; }

void clear_findings() {
  found.clear();
  poisoned = SUCCESS;
}

std::int64_t counter(const std::string& name) {
  const std::map<std::string, std::int64_t> values = {
      {"launches", counters.launches},
      {"threads", counters.threads},
      {"operations", counters.operations},
      {"allocations", counters.allocations},
      {"live_allocations", counters.liveAllocations},
      {"live_bytes", counters.liveBytes},
      {"peak_bytes", counters.peakBytes},
      {"bytes_to_device", counters.bytesToDevice},
      {"bytes_to_host", counters.bytesToHost},
      {"captures", counters.captures},
      {"graph_launches", counters.graphLaunches},
      {"graph_nodes", counters.graphNodes},
      {"graph_edges", counters.graphEdges},
      {"graph_urgent_nodes", counters.graphUrgentNodes},
      {"bank_conflicts", counters.bankConflicts},
      {"library_calls", counters.libraryCalls},
      {"captures_without_workspace", counters.capturesWithoutWorkspace},
      {"modules_of_machine_code", counters.modulesOfMachineCode},
      {"findings", static_cast<std::int64_t>(found.size())},
  };
  auto value = values.find(name);
  return value == values.end() ? -1 : value->second;
}

void reset_counters() {
  Counters fresh;
  fresh.liveAllocations = counters.liveAllocations;
  fresh.liveBytes = counters.liveBytes;
  fresh.peakBytes = counters.liveBytes;
  counters = fresh;
}
}  // namespace cuemu
