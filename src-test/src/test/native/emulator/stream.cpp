#include "stream.h"

#include <chrono>
#include <random>

#include "report.h"
#include "settings.h"

namespace cuemu {
Handles<Stream> streams;
Handles<Event> events;

namespace {
std::uint32_t chains = 0;

double milliseconds() {
  auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(time).count();
}

bool device_lost() {
  if (settings.loseDeviceAfter < 0) {
    return false;
  }
  if (settings.loseDeviceAfter-- == 0) {
    poison(UNKNOWN, "injected loss of the device");
    return true;
  }
  return false;
}

void run_until(const std::shared_ptr<Completion>& completion) {
  while (completion != nullptr && !completion->done) {
    step(*completion->stream);
  }
}

void host_waited_for(const std::shared_ptr<Completion>& completion) {
  if (completion != nullptr) {
    hostClock.join(completion->position->clock);
  }
  bool idle = null_stream().queue.empty();
  for (const Stream* s : streams.all()) {
    idle = idle && s->queue.empty();
  }
  if (idle) {
    forget_ordered_operations();
  }
}

void random_steps() {
  static std::mt19937_64 generator(settings.seed);
  std::vector<Stream*> busy;
  for (int steps = static_cast<int>(generator() % 4); steps > 0; steps--) {
    busy.clear();
    if (!null_stream().queue.empty()) {
      busy.push_back(&null_stream());
    }
    for (Stream* s : streams.all()) {
      if (!s->queue.empty()) {
        busy.push_back(s);
      }
    }
    if (!busy.empty()) {
      step(*busy[generator() % busy.size()]);
    }
  }
}

// What the next work of a stream comes after besides its own stream: events, and the legacy default
// stream's implicit order.
std::vector<std::shared_ptr<Completion>> predecessors(Stream& stream) {
  std::vector<std::shared_ptr<Completion>> after = std::move(stream.waits);
  stream.waits.clear();
  if (&stream == &null_stream()) {
    for (Stream* s : streams.all()) {
      if (!s->nonBlocking && s->tail != nullptr) {
        after.push_back(s->tail);
      }
    }
  } else if (!stream.nonBlocking && null_stream().tail != nullptr) {
    after.push_back(null_stream().tail);
  }
  return after;
}

int push(Stream& stream, const std::string& name, Placed action) {
  Work work;
  work.action = std::move(action);
  work.after = predecessors(stream);
  auto position = std::make_shared<Position>();
  position->name = name;
  position->chain = stream.chain;
  position->index = ++stream.length;
  position->clock = hostClock;
  if (stream.tail != nullptr) {
    position->clock.join(stream.tail->position->clock);
  }
  for (const auto& c : work.after) {
    position->clock.join(c->position->clock);
  }
  position->clock.set(position->chain, position->index);
  work.completion = std::make_shared<Completion>();
  work.completion->stream = &stream;
  work.completion->position = position;
  stream.tail = work.completion;
  stream.queue.push_back(std::move(work));
  counters.operations++;
  if (settings.schedule == Schedule::EAGER) {
    run_until(stream.tail);
  } else if (settings.schedule == Schedule::RANDOM) {
    random_steps();
  }
  return SUCCESS;
}
}  // namespace

Stream& null_stream() {
  static Stream stream;
  return stream;
}

Stream* new_stream(bool nonBlocking, int priority) {
  Stream* stream = new Stream;
  stream->nonBlocking = nonBlocking;
  stream->priority = priority;
  stream->chain = ++chains;
  return streams.add(stream);
}

Stream* stream_of(void* handle) {
  constexpr std::uintptr_t LEGACY = 1;
  constexpr std::uintptr_t PER_THREAD = 2;
  std::uintptr_t value = reinterpret_cast<std::uintptr_t>(handle);
  if (value == 0 || value == LEGACY || value == PER_THREAD) {
    return &null_stream();
  }
  return streams.find(handle);
}

int enqueue(Stream& stream, const std::string& name, Action action) {
  if (sticky() != SUCCESS || device_lost()) {
    return sticky();
  }
  if (stream.capture != nullptr) {
    return capture(stream, name, std::move(action));
  }
  if (&stream == &null_stream()) {
    if (int refusal = implicit_in_capture(name.c_str())) {
      return refusal;
    }
  }
  return push(
      stream, name, [action = std::move(action)](const std::shared_ptr<Position>& position) {
        begin_operation(position);
        action();
      });
}

int enqueue_placed(Stream& stream, const std::string& name, Placed action) {
  if (sticky() != SUCCESS || device_lost()) {
    return sticky();
  }
  return push(stream, name, std::move(action));
}

void step(Stream& stream) {
  Work work = std::move(stream.queue.front());
  stream.queue.pop_front();
  for (const auto& c : work.after) {
    run_until(c);
  }
  if (sticky() == SUCCESS) {
    work.action(work.completion->position);
  }
  work.completion->milliseconds = milliseconds();
  work.completion->done = true;
}

void synchronise(Stream& stream) { synchronise(stream.tail); }

void synchronise(const std::shared_ptr<Completion>& completion) {
  run_until(completion);
  host_waited_for(completion);
}

void synchronise_all() {
  std::vector<Stream*> all(streams.all().begin(), streams.all().end());
  all.push_back(&null_stream());
  for (Stream* s : all) {
    run_until(s->tail);
  }
  for (Stream* s : all) {
    host_waited_for(s->tail);
  }
}
}  // namespace cuemu
