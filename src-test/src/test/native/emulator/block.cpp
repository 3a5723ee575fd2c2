// The scheduler of one block: warps in turn, each until its lanes are done or wait for the block;
// warp collectives as soon as the lanes that they name have come; then the block's barrier.
#include <algorithm>
#include <numeric>
#include <random>

#include "codes.h"
#include "execution.h"
#include "report.h"
#include "settings.h"

namespace cuemu {
namespace {
std::mt19937_64 generator;
std::uint64_t generatorSeed = 0;

std::mt19937_64& random_numbers() {
  if (generatorSeed != settings.seed) {
    generatorSeed = settings.seed;
    generator.seed(generatorSeed);
  }
  return generator;
}

// The order in which n things are taken, by setting.
void arrange(std::vector<unsigned>& order, unsigned n) {
  order.resize(n);
  std::iota(order.begin(), order.end(), 0u);
  if (settings.threadOrder == Order::REVERSE) {
    std::reverse(order.begin(), order.end());
  } else if (settings.threadOrder == Order::RANDOM) {
    std::shuffle(order.begin(), order.end(), random_numbers());
  }
}

void thread_main() {
  const HostKernel& kernel = *launch.kernel;
  kernel.entry->call(launch.arguments);
  launch.current->state = State::DONE;
  launch.current->fiber.pause();
}

// False after a fault.
bool run_thread(Thread& t) {
  if (t.state == State::NEW) {
    t.fiber.begin(thread_main);
    t.state = State::READY;
  }
  launch.current = &t;
  launch.inKernel = true;
  t.fiber.resume();
  launch.inKernel = false;
  if (launch.faultCode != 0) {
    return false;
  }
  if (t.state == State::DONE) {
    t.fiber.end();
  }
  return true;
}

bool fail(Thread& t, const std::string& what) {
  launch.current = &t;
  launch.faultCode = LAUNCH_FAILED;
  launch.fault = what + " at line " + std::to_string(t.line);
  return false;
}

// Gives the lanes of one collective their results.
void complete(Thread* lanes, unsigned count, unsigned warp, unsigned mask) {
  unsigned ballot = 0;
  unsigned here = 0;
  for (unsigned k = 0; k < count; k++) {
    if (mask >> k & 1 && lanes[k].state == State::AT_WARP) {
      here |= 1u << k;
      ballot |= lanes[k].bits & 1 ? 1u << k : 0;
    }
  }
  bool orders = false;
  for (unsigned k = 0; k < count; k++) {
    if (here >> k & 1) {
      Thread& t = lanes[k];
      orders |= t.orders;
      bool brought = t.source >= 0 && here >> t.source & 1;
      // What a lane brings that takes no part is undefined: all ones, a NaN.
      t.result = t.source == CUEMU_BALLOT ? ballot : brought ? lanes[t.source].bits : ~0ull;
    }
  }
  if (orders) {
    ++now;
    unsigned all = count == 32 ? ~0u : (1u << count) - 1;
    WarpOrder& order = launch.warps[warp];
    if (here == all) {
      order.all = now;
    } else {
      if (order.pairs == nullptr) {
        order.pairs = std::make_unique<std::array<std::array<Time, 32>, 32>>();
      }
      for (unsigned a = 0; a < count; a++) {
        for (unsigned b = 0; b < count; b++) {
          if (here >> a & 1 && here >> b & 1) {
            (*order.pairs)[a][b] = now;
          }
        }
      }
    }
  }
  for (unsigned k = 0; k < count; k++) {
    if (here >> k & 1) {
      lanes[k].state = State::READY;
    }
  }
}

// Completes every collective of a warp whose lanes have come. False after a fault.
bool complete_collectives(Thread* lanes, unsigned count, unsigned warp, bool& progress) {
  for (unsigned l = 0; l < count; l++) {
    Thread& t = lanes[l];
    if (t.state != State::AT_WARP) {
      continue;
    }
    if (!(t.mask >> l & 1)) {
      return fail(t, "a lane that its own mask does not name, in a warp collective");
    }
    bool ready = true;
    for (unsigned k = 0; k < count && ready; k++) {
      const Thread& o = lanes[k];
      if (t.mask >> k & 1 && o.state != State::DONE) {
        ready = o.state == State::AT_WARP && o.mask == t.mask && o.line == t.line;
      }
    }
    if (ready) {
      complete(lanes, count, warp, t.mask);
      progress = true;
    }
  }
  return true;
}

// Runs a warp until every lane is done or waits for the block. False after a fault.
bool run_warp(unsigned warp, const std::vector<unsigned>& laneOrder) {
  Thread* lanes = &launch.threads[warp * 32];
  unsigned count = std::min(32u, launch.threadCount - warp * 32);
  for (bool progress = true; progress;) {
    progress = false;
    bool waiting = false;
    for (unsigned l : laneOrder) {
      if (l < count && (lanes[l].state == State::NEW || lanes[l].state == State::READY)) {
        if (!run_thread(lanes[l])) {
          return false;
        }
        progress = true;
      }
    }
    for (unsigned l = 0; l < count; l++) {
      waiting |= lanes[l].state == State::AT_WARP;
    }
    if (!waiting) {
      return true;
    }
    progress = false;
    if (!complete_collectives(lanes, count, warp, progress)) {
      return false;
    }
  }
  return true;  // stuck: the block's barrier says so
}

// Releases the block's barrier if all threads wait at it. False after a fault.
bool complete_barrier(bool& finished) {
  Thread* waiting = nullptr;
  Thread* other = nullptr;  // does not wait where `waiting` does
  Thread* stuck = nullptr;
  unsigned done = 0;
  for (unsigned i = 0; i < launch.threadCount; i++) {
    Thread& t = launch.threads[i];
    if (t.state == State::AT_WARP) {
      stuck = &t;
    } else if (t.state == State::DONE) {
      done++;
    } else if (waiting == nullptr) {
      waiting = &t;
    } else if (t.line != waiting->line) {
      other = &t;
    }
  }
  finished = done == launch.threadCount;
  if (finished) {
    return true;
  }
  if (stuck != nullptr) {
    return fail(*stuck, "a warp collective for which the lanes that it names never come");
  }
  if (other != nullptr) {
    return fail(
        *other, "divergent barrier: other threads of the block wait at line "
                    + std::to_string(waiting->line) + ", this one");
  }
  if (done != 0) {
    return fail(
        *waiting, "divergent barrier: other threads of the block have ended, this one waits");
  }
  launch.lastBarrier = ++now;
  for (unsigned i = 0; i < launch.threadCount; i++) {
    launch.threads[i].state = State::READY;
  }
  return true;
}
}  // namespace

unsigned long long nth_block(unsigned long long n, unsigned long long count) {
  if (settings.threadOrder == Order::FORWARD) {
    return n;
  }
  if (settings.threadOrder == Order::REVERSE) {
    return count - 1 - n;
  }
  // A step that shares no factor with the count visits all.
  static unsigned long long step = 1;
  static unsigned long long first = 0;
  if (n == 0) {
    first = random_numbers()() % count;
    do {
      step = random_numbers()() % count + 1;
    } while (std::gcd(step, count) != 1);
  }
  return (first + n * step) % count;
}

bool run_block() {
  static std::vector<unsigned> warpOrder;
  static std::vector<unsigned> laneOrder;
  arrange(warpOrder, static_cast<unsigned>(launch.warps.size()));
  arrange(laneOrder, 32);
  for (bool finished = false; !finished;) {
    for (unsigned w : warpOrder) {
      if (!run_warp(w, laneOrder)) {
        return false;
      }
    }
    if (!complete_barrier(finished)) {
      return false;
    }
  }
  return true;
}
}  // namespace cuemu
