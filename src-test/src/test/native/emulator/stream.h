// Streams and events. Work is run as late as a synchronisation allows (by setting: at once, or at
// random), by the host thread that waits for it: so a missing synchronisation or event shows.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "graph.h"
#include "handles.h"
#include "order.h"

namespace cuemu {
struct Stream;

struct Completion {
  bool done = false;
  double milliseconds = 0;
  Stream* stream = nullptr;
  std::shared_ptr<Position> position;
};

// Gets its place in the order; begins one operation, or a graph's launch one for each node.
using Placed = std::function<void(const std::shared_ptr<Position>&)>;

struct Work {
  Placed action;
  std::vector<std::shared_ptr<Completion>> after;
  std::shared_ptr<Completion> completion;
};

struct Stream {
  bool nonBlocking = false;
  int priority = 0;
  std::uint32_t chain = 0;
  std::uint64_t length = 0;
  std::deque<Work> queue;
  std::shared_ptr<Completion> tail;
  std::vector<std::shared_ptr<Completion>> waits;  // what the next work must wait for
  // While it is captured:
  std::shared_ptr<Capture> capture;
  std::vector<std::size_t> last;  // nodes that the next one comes after
};

struct Event {
  bool timing = true;
  std::shared_ptr<Completion> recorded;
  std::shared_ptr<Capture> capture;  // of its last recording
  std::vector<std::size_t> nodes;
};

extern Handles<Stream> streams;
extern Handles<Event> events;

Stream& null_stream();
Stream* new_stream(bool nonBlocking, int priority);
// Null where the handle names no living stream; null, legacy and per-thread handles are the
// default.
Stream* stream_of(void* handle);

// Both answer a CUresult. The first may be captured; the second begins its operations itself.
int enqueue(Stream& stream, const std::string& name, Action action);
int enqueue_placed(Stream& stream, const std::string& name, Placed action);

// Runs all of a stream's work, everything up to one completion, or all; the host has waited for it.
void synchronise(Stream& stream);
void synchronise(const std::shared_ptr<Completion>& completion);
void synchronise_all();
// Lets a stream make one step of progress.
void step(Stream& stream);
}  // namespace cuemu
