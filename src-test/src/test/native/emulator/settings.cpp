#include "settings.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <sstream>

namespace cuemu {
namespace {
bool read(const std::string& text, bool& out) {
  out = text == "true";
  return out || text == "false";
}

template <class Integer>
bool read(const std::string& text, Integer& out) {
  char* end = nullptr;
  long long value = std::strtoll(text.c_str(), &end, 10);
  out = static_cast<Integer>(value);
  return !text.empty() && *end == 0;
}

bool read(const std::string& text, std::string& out) {
  out = text;
  return true;
}

bool read(const std::string& text, std::set<std::string>& out) {
  out.clear();
  std::stringstream list(text);
  for (std::string part; std::getline(list, part, ',');) {
    out.insert(part);
  }
  return true;
}

bool read(const std::string& text, Order& out) {
  out = text == "reverse" ? Order::REVERSE : text == "random" ? Order::RANDOM : Order::FORWARD;
  return out != Order::FORWARD || text == "forward";
}

bool read(const std::string& text, Schedule& out) {
  out = text == "eager" ? Schedule::EAGER : text == "random" ? Schedule::RANDOM : Schedule::LAZY;
  return out != Schedule::LAZY || text == "lazy";
}

using Change = std::function<bool(Settings&, const std::string&)>;

template <class T>
Change member(T Settings::*field) {
  return [field](Settings& s, const std::string& text) { return read(text, s.*field); };
}

const std::map<std::string, Change>& table() {
  static const std::map<std::string, Change> changes = {
      {"races", member(&Settings::races)},
      {"orders", member(&Settings::orders)},
      {"uninitialised", member(&Settings::uninitialised)},
      {"quiet", member(&Settings::quiet)},
      {"banks", member(&Settings::banks)},
      {"thread_order", member(&Settings::threadOrder)},
      {"schedule", member(&Settings::schedule)},
      {"seed", member(&Settings::seed)},
      {"devices", member(&Settings::devices)},
      {"driver_version", member(&Settings::driverVersion)},
      {"compute_capability", member(&Settings::computeCapability)},
      {"multiprocessors", member(&Settings::multiprocessors)},
      {"memory", member(&Settings::memory)},
      {"ptx_compiler", member(&Settings::ptxCompiler)},
      {"fail_allocation", member(&Settings::failAllocation)},
      {"fail_allocation_after_bytes", member(&Settings::failAllocationAfterBytes)},
      {"missing_functions", member(&Settings::missingFunctions)},
      {"unsupported", member(&Settings::unsupported)},
      {"refusal", member(&Settings::refusal)},
      {"relu_keeps_nan", member(&Settings::reluKeepsNan)},
      {"sums_are_coarse", member(&Settings::sumsAreCoarse)},
      {"gelu_is_coarse", member(&Settings::geluIsCoarse)},
      {"relu_mask_at_zero", member(&Settings::reluMaskAtZero)},
      {"fault_kernel", member(&Settings::faultKernel)},
      {"lose_device_after", member(&Settings::loseDeviceAfter)},
  };
  return changes;
}

bool change(Settings& s, const std::string& name, const std::string& value) {
  auto found = table().find(name);
  return found != table().end() && found->second(s, value);
}

const Settings& defaults() {
  static const Settings fromEnvironment = [] {
    Settings s;
    const char* text = std::getenv("CUEMU_SETTINGS");
    std::stringstream list(text ? text : "");
    for (std::string part; std::getline(list, part, ';');) {
      std::size_t equals = part.find('=');
      if (equals == std::string::npos
          || !change(s, part.substr(0, equals), part.substr(equals + 1))) {
        std::fprintf(stderr, "[cuemu] CUEMU_SETTINGS: no such setting: %s\n", part.c_str());
        std::abort();
      }
    }
    return s;
  }();
  return fromEnvironment;
}
}  // namespace

Settings settings = defaults();

bool change_setting(const std::string& name, const std::string& value) {
  return change(settings, name, value);
}

void reset_settings() { settings = defaults(); }
}  // namespace cuemu
