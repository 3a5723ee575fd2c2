#include "banks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "execution.h"
#include "report.h"

namespace cuemu {
namespace {
constexpr unsigned BANKS = 32;

// What is served together: the place in the code, which time, the lanes.
using Group = std::tuple<const void*, unsigned, unsigned>;

std::map<Group, std::array<std::set<Address>, BANKS>> groups;
std::map<std::pair<const void*, unsigned>, unsigned> times;
}  // namespace

void note_bank_access(const void* code, Address address, unsigned bytes) {
  unsigned thread = launch.current->flat;
  unsigned together = bytes <= 4 ? 32 : 128 / bytes;
  auto& banks = groups[{code, times[{code, thread}]++, thread / together}];
  for (Address word = address / 4; word <= (address + bytes - 1) / 4; word++) {
    banks[word % BANKS].insert(word);
  }
}

void count_bank_conflicts() {
  for (const auto& [group, banks] : groups) {
    std::size_t most = 1;
    for (const std::set<Address>& words : banks) {
      most = std::max(most, words.size());
    }
    counters.bankConflicts += static_cast<std::int64_t>(most - 1);
  }
  groups.clear();
  times.clear();
}
}  // namespace cuemu
