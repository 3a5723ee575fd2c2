#include "graph.h"

#include <algorithm>
#include <random>

#include "report.h"
#include "settings.h"
#include "stream.h"

namespace cuemu {
Handles<Graph> graphs;
Handles<ExecutableGraph> executableGraphs;

namespace {
std::vector<std::shared_ptr<Capture>> running;
std::uint64_t graphLaunches = 0;

void add_all(std::vector<std::size_t>& to, const std::vector<std::size_t>& from) {
  for (std::size_t n : from) {
    if (std::find(to.begin(), to.end(), n) == to.end()) {
      to.push_back(n);
    }
  }
}

// For each node the set of those that come before it; nodes stand in the order of their capture, so
// each comes after those that it names.
std::vector<std::vector<bool>> predecessors(const std::vector<Node>& nodes) {
  std::vector<std::vector<bool>> before(nodes.size(), std::vector<bool>(nodes.size()));
  for (std::size_t i = 0; i < nodes.size(); i++) {
    for (std::size_t a : nodes[i].after) {
      before[i][a] = true;
      for (std::size_t k = 0; k < a; k++) {
        if (before[a][k]) {
          before[i][k] = true;
        }
      }
    }
  }
  return before;
}

bool joined(const Capture& c, const Stream& other) {
  auto before = predecessors(c.graph.nodes);
  return std::all_of(other.last.begin(), other.last.end(), [&](std::size_t n) {
    return std::any_of(c.origin->last.begin(), c.origin->last.end(), [&](std::size_t end) {
      return end == n || before[end][n];
    });
  });
}

// The nodes in an order that their edges allow: as captured, or as unlike it as they allow, so that
// a missing edge shows.
std::vector<std::size_t> arrange(const std::vector<Node>& nodes) {
  static std::mt19937_64 generator(settings.seed);
  std::vector<std::size_t> order;
  std::vector<std::size_t> missing(nodes.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < nodes.size(); i++) {
    missing[i] = nodes[i].after.size();
    if (missing[i] == 0) {
      ready.push_back(i);
    }
  }
  while (!ready.empty()) {
    std::size_t pick = settings.schedule == Schedule::RANDOM ? generator() % ready.size()
                       : settings.schedule == Schedule::EAGER ? 0
                                                              : ready.size() - 1;
    std::size_t node = ready[pick];
    ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(pick));
    order.push_back(node);
    for (std::size_t i = node + 1; i < nodes.size(); i++) {
      const auto& after = nodes[i].after;
      if (std::find(after.begin(), after.end(), node) != after.end() && --missing[i] == 0) {
        ready.push_back(i);
        std::sort(ready.begin(), ready.end());
      }
    }
  }
  return order;
}
}  // namespace

int begin_capture(Stream& stream, int mode) {
  if (&stream == &null_stream()) {
    return report(CAPTURE_UNSUPPORTED, "the legacy default stream cannot be captured");
  }
  if (stream.capture != nullptr) {
    return report(INVALID_VALUE, "cuStreamBeginCapture of a stream that is being captured");
  }
  if (mode < 0 || mode > 2) {
    return report(INVALID_VALUE, "cuStreamBeginCapture with mode %d", mode);
  }
  stream.capture = std::make_shared<Capture>();
  stream.capture->origin = &stream;
  stream.capture->mode = static_cast<CaptureMode>(mode);
  stream.capture->thread = std::this_thread::get_id();
  stream.last.clear();
  running.push_back(stream.capture);
  return SUCCESS;
}

int end_capture(Stream& stream, Graph** out) {
  *out = nullptr;
  std::shared_ptr<Capture> c = stream.capture;
  if (c == nullptr) {
    return report(INVALID_VALUE, "cuStreamEndCapture of a stream that is not being captured");
  }
  if (c->origin != &stream) {
    c->invalid = true;
    return report(CAPTURE_UNMATCHED, "cuStreamEndCapture on a stream that did not begin it");
  }
  if (c->mode != CaptureMode::RELAXED && c->thread != std::this_thread::get_id()) {
    return report(CAPTURE_WRONG_THREAD, "cuStreamEndCapture by another thread");
  }
  int code = c->invalid ? CAPTURE_INVALIDATED : SUCCESS;
  for (Stream* s : streams.all()) {
    if (s->capture == c && s != &stream) {
      if (code == SUCCESS && !joined(*c, *s)) {
        code = report(
            CAPTURE_UNJOINED, "capture ended while work of another stream (%s) was not joined",
            c->graph.nodes[s->last.back()].name.c_str());
      }
      s->capture = nullptr;
      s->last.clear();
    }
  }
  stream.capture = nullptr;
  stream.last.clear();
  c->ended = true;
  running.erase(std::find(running.begin(), running.end(), c));
  if (code == SUCCESS) {
    counters.captures++;
    *out = graphs.add(new Graph(std::move(c->graph)));
  }
  return code;
}

int capture(Stream& stream, const std::string& name, Action action) {
  Capture& c = *stream.capture;
  if (c.invalid) {
    return CAPTURE_INVALIDATED;
  }
  c.graph.nodes.push_back({name, std::move(action), stream.last});
  stream.last = {c.graph.nodes.size() - 1};
  return SUCCESS;
}

int capture_wait(Stream& stream, Event& event) {
  if (event.capture == nullptr) {
    stream.capture->invalid = true;
    return report(
        CAPTURE_ISOLATION, "a captured stream waits for an event recorded outside the capture");
  }
  if (event.capture->ended) {
    return report(INVALID_VALUE, "wait for an event of a capture that has ended");
  }
  if (stream.capture != nullptr && stream.capture != event.capture) {
    stream.capture->invalid = event.capture->invalid = true;
    return report(CAPTURE_MERGE, "an event would merge two captures");
  }
  if (&stream == &null_stream()) {
    event.capture->invalid = true;
    return report(CAPTURE_IMPLICIT, "the legacy default stream waits for a captured event");
  }
  stream.capture = event.capture;
  add_all(stream.last, event.nodes);
  return event.capture->invalid ? CAPTURE_INVALIDATED : SUCCESS;
}

void abandon_captures() {
  for (const auto& c : running) {
    c->ended = true;
  }
  running.clear();
}

int unsafe_in_capture(const char* function) {
  for (const auto& c : running) {
    bool concerned = c->mode == CaptureMode::GLOBAL
                     || (c->mode == CaptureMode::THREAD_LOCAL
                         && c->thread == std::this_thread::get_id());
    if (concerned) {
      c->invalid = true;
      return report(CAPTURE_UNSUPPORTED, "%s during a stream capture", function);
    }
  }
  return SUCCESS;
}

int synchronising_in_capture(const char* function, const Stream* stream) {
  for (const auto& c : running) {
    if (stream == nullptr || stream->capture == c) {
      c->invalid = true;
      return report(CAPTURE_UNSUPPORTED, "%s of what is being captured", function);
    }
  }
  return SUCCESS;
}

int implicit_in_capture(const char* function) {
  for (const auto& c : running) {
    if (!c->origin->nonBlocking) {
      c->invalid = true;
      return report(
          CAPTURE_IMPLICIT,
          "%s on the legacy default stream, while a stream that synchronises with it is captured",
          function);
    }
  }
  return SUCCESS;
}

ExecutableGraph* instantiate(const Graph& graph) {
  auto* executable = new ExecutableGraph;
  executable->nodes = graph.nodes;
  counters.graphNodes += static_cast<std::int64_t>(graph.nodes.size());
  for (const Node& node : graph.nodes) {
    counters.graphEdges += static_cast<std::int64_t>(node.after.size());
  }
  executable->before =
      std::make_shared<const std::vector<std::vector<bool>>>(predecessors(graph.nodes));
  return executableGraphs.add(executable);
}

int launch_graph(const ExecutableGraph& graph, Stream& stream) {
  if (stream.capture != nullptr) {
    return report(NOT_SUPPORTED, "launching a graph into a capture is not emulated");
  }
  counters.graphLaunches++;
  auto run = [&graph](const std::shared_ptr<Position>& position) {
    std::uint64_t number = ++graphLaunches;
    for (std::size_t i : arrange(graph.nodes)) {
      auto node = std::make_shared<Position>(*position);
      node->name = graph.nodes[i].name;
      node->graphLaunch = number;
      node->node = i;
      node->before = graph.before;
      begin_operation(node);
      graph.nodes[i].action();
      if (sticky() != SUCCESS) {
        return;
      }
    }
  };
  return enqueue_placed(
      stream, "graph of " + std::to_string(graph.nodes.size()) + " nodes", run);
}
}  // namespace cuemu
