// Which operations happen before which: vector clocks over the chains of operations that streams
// are, joined by events, graph edges and the host's synchronisations. Shadow memory keeps the time
// of an access; from the time follow the operation that ran then and whether it is ordered before
// the one that runs now.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cuemu {
// Counts operations, blocks and synchronisations of the whole process; 0 is never.
using Time = std::uint32_t;
extern Time now;

// For each chain how many of its operations are known to be done.
class Clock {
 public:
  void join(const Clock& other);
  void set(std::uint32_t chain, std::uint64_t index);
  bool covers(std::uint32_t chain, std::uint64_t index) const;
  void clear() { known.clear(); }

 private:
  std::vector<std::pair<std::uint32_t, std::uint64_t>> known;  // ascending by chain
};

// What is known of an operation for as long as something may have to be ordered after it.
struct Position {
  std::string name;
  Clock clock;  // itself and all before it
  std::uint32_t chain = 0;
  std::uint64_t index = 0;
  // Within one launch of a graph: its number and the nodes that come before.
  std::uint64_t graphLaunch = 0;
  std::size_t node = 0;
  std::shared_ptr<const std::vector<std::vector<bool>>> before;
};

// Everything that a host thread has waited for.
extern Clock hostClock;

// Begins an operation: what is accessed from now on is its work. Returns its time.
Time begin_operation(std::shared_ptr<const Position> position);
// Whether the operation that ran at that time, before this one began, is ordered before it.
bool ordered_operation(Time time);
std::string operation_at(Time time);
// To be called when no operation waits: forgets those that the host has waited for.
void forget_ordered_operations();
}  // namespace cuemu
