// Order between blocks of one launch by __threadfence and an atomic operation on the same word, as
// in "the last block to finish sums up" (CUDA C++ Programming Guide, memory fence functions): a
// block that fenced before its atomic hands on what it did; a later atomic on the word takes it
// over.
#include <algorithm>
#include <unordered_map>

#include "execution.h"

namespace cuemu {
namespace {
// What a block handed on: everything before `until`.
struct Release {
  Time blockBegin;
  Time until;
};

std::unordered_map<Address, std::vector<Release>> words;

// What the running block took over: the first `count` entries of a word.
struct Taken {
  const std::vector<Release>* releases;
  std::size_t count;
};
std::vector<Taken> taken;
}  // namespace

void begin_synchronisation() { words.clear(); }

void begin_block_synchronisation() { taken.clear(); }

bool acquired(Time time) {
  if (taken.empty()) {
    return false;
  }
  Time begin = *(std::upper_bound(launch.blockBegins.begin(), launch.blockBegins.end(), time) - 1);
  for (const Taken& t : taken) {
    for (std::size_t i = t.count; i > 0; i--) {
      const Release& r = (*t.releases)[i - 1];
      if (r.blockBegin == begin && time < r.until) {
        return true;
      }
    }
  }
  return false;
}

static void synchronise(Address word) {
  std::vector<Release>& releases = words[word];
  auto same = std::find_if(
      taken.begin(), taken.end(), [&](const Taken& t) { return t.releases == &releases; });
  if (same == taken.end()) {
    taken.push_back({&releases, releases.size()});
  } else {
    same->count = releases.size();
  }
  if (launch.fenced) {
    releases.push_back({launch.blockBegin, ++now});
  }
}
}  // namespace cuemu

extern "C" __attribute__((visibility("default"))) void cuemu_fence() {
  cuemu::launch.fenced = true;
}

extern "C" __attribute__((visibility("default"))) void cuemu_atomic_begin() {
  cuemu::launch.atomic = true;
}

extern "C" __attribute__((visibility("default"))) void cuemu_atomic_end(const void* address) {
  cuemu::launch.atomic = false;
  cuemu::synchronise(reinterpret_cast<cuemu::Address>(address));
}
