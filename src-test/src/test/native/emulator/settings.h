// What a test can choose. Every setting has a name, by which cuemu_set changes it, and a default,
// to which cuemu_reset returns it. CUEMU_SETTINGS ("name=value;name=value") changes defaults for a
// whole process.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace cuemu {
enum class Order { FORWARD, REVERSE, RANDOM };
enum class Schedule { LAZY, EAGER, RANDOM };

struct Settings {
  // Detectors. Bounds of kernels' accesses are always checked.
  bool races = true;          // between threads of a launch
  bool orders = true;         // between operations that no stream, event or graph edge orders
  bool uninitialised = true;  // reads of memory that nothing has written
  bool quiet = false;         // findings are kept, but not printed
  bool banks = false;         // conflicts of shared memory's banks are counted

  // How the freedom that CUDA leaves is used.
  Order threadOrder = Order::FORWARD;
  Schedule schedule = Schedule::LAZY;
  std::uint64_t seed = 1;

  // The device.
  int devices = 1;
  int driverVersion = 12060;
  int computeCapability = 90;
  int multiprocessors = 4;
  std::uint64_t memory = 4ull << 30;
  bool ptxCompiler = true;  // whether the driver can compile PTX

  // Injected errors; -1 or empty: none.
  std::int64_t failAllocation = -1;            // so many succeed, host ones too; the next fails
  std::int64_t failAllocationAfterBytes = -1;  // so do all that would exceed so many bytes
  std::set<std::string> missingFunctions;      // cuModuleGetFunction does not find these kernels
  std::set<std::string> unsupported;           // these entry points of libraries refuse to do it
  int refusal = 15;                            // by this status: NOT_SUPPORTED
  bool sumsAreCoarse = false;                  // cuBLASLt's BGRADA and BGRADB sum in BF16
  bool geluIsCoarse = false;                   // cuBLASLt's tanh is off by 2^-12, as tanh.approx
  bool reluMaskAtZero = false;                 // its mask has a bit for 0 and NaN too, as !(x < 0)
  bool reluKeepsNan = false;                   // cuBLASLt's ReLU is not max(x, 0), which drops NaN
  std::string faultKernel;                     // this kernel ends with an illegal address
  std::int64_t loseDeviceAfter = -1;           // after so many operations every call fails
};

extern Settings settings;

// Returns false where there is no such setting or the value is none of its.
bool change_setting(const std::string& name, const std::string& value);
void reset_settings();
}  // namespace cuemu
