// What the emulator found: mistakes of the program under test, in words, for a test to read; the
// context's sticky error; counters.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "codes.h"

namespace cuemu {
// One lock for everything: host threads take turns.
extern std::recursive_mutex lock;

// Keeps a finding (and prints it); returns the code, which the entry point then answers.
int report(int code, const char* format, ...) __attribute__((format(printf, 2, 3)));
// As report, and every later call of the driver answers the code, as after a fault on a device.
int poison(int code, const std::string& what);

const std::vector<std::string>& findings();
int sticky();
void clear_findings();

struct Counters {
  std::int64_t launches = 0;
  std::int64_t threads = 0;
  std::int64_t operations = 0;
  std::int64_t allocations = 0;
  std::int64_t liveAllocations = 0;
  std::int64_t liveBytes = 0;
  std::int64_t peakBytes = 0;
  std::int64_t bytesToDevice = 0;
  std::int64_t bytesToHost = 0;
  std::int64_t captures = 0;
  std::int64_t graphLaunches = 0;
  std::int64_t graphNodes = 0;  // of all graphs that were instantiated
  std::int64_t graphEdges = 0;
  std::int64_t graphUrgentNodes = 0;  // with a priority of their own above the lowest
  std::int64_t bankConflicts = 0;  // with the setting `banks`
  std::int64_t libraryCalls = 0;
  std::int64_t capturesWithoutWorkspace = 0;
  std::int64_t modulesOfMachineCode = 0;
};
extern Counters counters;
// -1 where there is no such counter.
std::int64_t counter(const std::string& name);
// Back to zero, but for what is alive.
void reset_counters();
}  // namespace cuemu
