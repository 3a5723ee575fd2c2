// Stream capture and graphs: nodes with the edges that streams and events gave them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "handles.h"

namespace cuemu {
using Action = std::function<void()>;
struct Stream;
struct Event;

struct Node {
  std::string name;
  Action action;
  std::vector<std::size_t> after;
  int priority = 0;  // that of the stream that it was captured on
};

struct Graph {
  std::vector<Node> nodes;
};

// A graph fit to be launched: for each node all that come before it.
struct ExecutableGraph {
  std::vector<Node> nodes;
  std::shared_ptr<const std::vector<std::vector<bool>>> before;
};

enum class CaptureMode { GLOBAL = 0, THREAD_LOCAL = 1, RELAXED = 2 };

struct Capture {
  Stream* origin = nullptr;
  CaptureMode mode = CaptureMode::GLOBAL;
  std::thread::id thread;
  bool invalid = false;
  bool ended = false;
  Graph graph;
};

extern Handles<Graph> graphs;
extern Handles<ExecutableGraph> executableGraphs;

// All answer a CUresult.
int begin_capture(Stream& stream, int mode);
int end_capture(Stream& stream, Graph** out);
// Adds a node to the capture that the stream is part of.
int capture(Stream& stream, const std::string& name, Action action);
int capture_wait(Stream& stream, Event& event);
// Forgets all captures that run, when their streams are gone.
void abandon_captures();
// Refuses what CUDA calls unsafe during a capture, and invalidates the capture.
int unsafe_in_capture(const char* function);
// Refuses what synchronises, whatever the mode.
int synchronising_in_capture(const char* function, const Stream* stream);
// Refuses use of the legacy default stream beside the capture of a stream that it synchronises
// with.
int implicit_in_capture(const char* function);

// With or without the nodes' own priorities.
ExecutableGraph* instantiate(const Graph& graph, bool priorities);
int launch_graph(const ExecutableGraph& graph, Stream& stream);
}  // namespace cuemu
