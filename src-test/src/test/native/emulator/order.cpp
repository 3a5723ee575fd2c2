#include "order.h"

#include <algorithm>

#include "shadow.h"

namespace cuemu {
Time now = 1;
Clock hostClock;

namespace {
struct Entry {
  Time begin;
  std::shared_ptr<const Position> position;
};
std::vector<Entry> history;  // ascending; the last one is running

// The last answer, for times in [begin, end).
struct Answer {
  Time begin = 0;
  Time end = 0;
  bool ordered = false;
} answer;

constexpr Time RENEWAL = 3u << 30;

// The operation that ran at this time, or null if it is forgotten.
const Entry* find(Time time) {
  auto after = std::upper_bound(
      history.begin(), history.end(), time, [](Time t, const Entry& e) { return t < e.begin; });
  return after == history.begin() ? nullptr : &*(after - 1);
}

bool before(const Position& a, const Position& b) {
  if (a.graphLaunch != 0 && a.graphLaunch == b.graphLaunch) {
    return a.node == b.node || (*b.before)[b.node][a.node];
  }
  return b.clock.covers(a.chain, a.index);
}
}  // namespace

void Clock::set(std::uint32_t chain, std::uint64_t index) {
  auto at = std::lower_bound(
      known.begin(), known.end(), std::make_pair(chain, std::uint64_t{0}));
  if (at != known.end() && at->first == chain) {
    at->second = std::max(at->second, index);
  } else {
    known.insert(at, {chain, index});
  }
}

void Clock::join(const Clock& other) {
  for (const auto& [chain, index] : other.known) {
    set(chain, index);
  }
}

bool Clock::covers(std::uint32_t chain, std::uint64_t index) const {
  auto at = std::lower_bound(
      known.begin(), known.end(), std::make_pair(chain, std::uint64_t{0}));
  return at != known.end() && at->first == chain && at->second >= index;
}

Time begin_operation(std::shared_ptr<const Position> position) {
  if (now > RENEWAL) {  // times are about to run out: forget all accesses so far
    forget_accesses();
    history.clear();
    now = 1;
  }
  answer = {};
  history.push_back({++now, std::move(position)});
  return now;
}

bool ordered_operation(Time time) {
  if (time >= answer.begin && time < answer.end) {
    return answer.ordered;
  }
  const Entry* entry = find(time);
  if (entry == nullptr) {
    return true;
  }
  answer.ordered = before(*entry->position, *history.back().position);
  answer.begin = entry->begin;
  const Entry* next = entry + 1;
  answer.end = next == history.data() + history.size() ? now + 1 : next->begin;
  return answer.ordered;
}

std::string operation_at(Time time) {
  const Entry* entry = find(time);
  return entry == nullptr ? "an earlier operation" : entry->position->name;
}

void forget_ordered_operations() {
  // A forgotten operation's times must not fall to the one before it, so only a prefix goes.
  std::size_t keep = 0;
  while (keep < history.size()
         && hostClock.covers(history[keep].position->chain, history[keep].position->index)) {
    keep++;
  }
  history.erase(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(keep));
  if (history.empty()) {
    hostClock.clear();
  }
  answer = {};
}
}  // namespace cuemu
