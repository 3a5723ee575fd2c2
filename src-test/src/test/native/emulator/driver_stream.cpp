// Streams, events, graphs.
#include "driver.h"
#include "graph.h"
#include "stream.h"

using namespace cuemu;

namespace {
constexpr unsigned NON_BLOCKING = 1;
constexpr unsigned DISABLE_TIMING = 2;
constexpr unsigned NODE_PRIORITIES = 8;
constexpr int CAPTURE_ACTIVE = 1;
constexpr int CAPTURE_STATUS_INVALIDATED = 2;

int captured_event(const char* function, Event& event) {
  if (event.capture == nullptr) {
    return SUCCESS;
  }
  event.capture->invalid = true;
  return report(CAPTURED_EVENT, "%s of an event that was recorded in a capture", function);
}
}  // namespace

#define STREAM CUEMU_FIND(stream, stream_of(handle))
#define EVENT CUEMU_FIND(event, events.find(eventHandle))

API cuStreamCreateWithPriority(void** out, unsigned flags, int priority) {
  CUEMU_ENTER;
  *out = new_stream(flags & NON_BLOCKING, priority);
  return SUCCESS;
}

API cuStreamCreate(void** out, unsigned flags) { return cuStreamCreateWithPriority(out, flags, 0); }

API cuStreamDestroy_v2(void* handle) {
  CUEMU_ENTER_ALWAYS;
  Stream* stream = streams.find(handle);
  if (stream == nullptr) {
    return report(INVALID_HANDLE, "%s: no such stream", __func__);
  }
  if (stream->capture != nullptr) {
    stream->capture->invalid = true;
    return report(CAPTURE_UNSUPPORTED, "%s of a stream that is being captured", __func__);
  }
  while (!stream->queue.empty()) {
    step(*stream);
  }
  streams.destroy(stream);
  return sticky();
}

API cuStreamGetFlags(void* handle, unsigned* flags) {
  CUEMU_ENTER;
  STREAM;
  *flags = stream->nonBlocking ? NON_BLOCKING : 0;
  return SUCCESS;
}

API cuStreamGetPriority(void* handle, int* priority) {
  CUEMU_ENTER;
  STREAM;
  *priority = stream->priority;
  return SUCCESS;
}

API cuStreamSynchronize(void* handle) {
  CUEMU_ENTER;
  STREAM;
  if (stream->capture != nullptr) {
    return synchronising_in_capture(__func__, stream);
  }
  synchronise(*stream);
  return sticky();
}

API cuStreamQuery(void* handle) {
  CUEMU_ENTER;
  STREAM;
  if (stream->capture != nullptr) {
    return synchronising_in_capture(__func__, stream);
  }
  if (!stream->queue.empty()) {
    step(*stream);
  }
  if (!stream->queue.empty()) {
    return NOT_READY;
  }
  synchronise(*stream);
  return sticky();
}

API cuStreamWaitEvent(void* handle, void* eventHandle, unsigned) {
  CUEMU_ENTER;
  STREAM;
  EVENT;
  if (event->capture != nullptr || stream->capture != nullptr) {
    return capture_wait(*stream, *event);
  }
  if (event->recorded != nullptr) {
    stream->waits.push_back(event->recorded);
  }
  return SUCCESS;
}

API cuLaunchHostFunc(void* handle, void (*function)(void*), void* data) {
  CUEMU_ENTER;
  STREAM;
  return enqueue(*stream, "host function", [=] { function(data); });
}

API cuEventCreate(void** out, unsigned flags) {
  CUEMU_ENTER;
  Event* event = events.add(new Event);
  event->timing = !(flags & DISABLE_TIMING);
  *out = event;
  return SUCCESS;
}

API cuEventDestroy_v2(void* eventHandle) {
  CUEMU_ENTER_ALWAYS;
  EVENT;
  events.destroy(event);
  return SUCCESS;
}

API cuEventRecord(void* eventHandle, void* handle) {
  CUEMU_ENTER;
  STREAM;
  EVENT;
  event->capture = stream->capture;
  if (stream->capture != nullptr) {
    event->nodes = stream->last;
    return stream->capture->invalid ? CAPTURE_INVALIDATED : SUCCESS;
  }
  int code = enqueue(*stream, "event", [] {});
  event->recorded = stream->tail;
  return code;
}

API cuEventRecordWithFlags(void* eventHandle, void* handle, unsigned) {
  return cuEventRecord(eventHandle, handle);
}

API cuEventQuery(void* eventHandle) {
  CUEMU_ENTER;
  EVENT;
  if (int refusal = captured_event(__func__, *event)) {
    return refusal;
  }
  if (event->recorded == nullptr) {
    return SUCCESS;
  }
  if (!event->recorded->done) {
    step(*event->recorded->stream);
  }
  if (!event->recorded->done) {
    return NOT_READY;
  }
  synchronise(event->recorded);
  return sticky();
}

API cuEventSynchronize(void* eventHandle) {
  CUEMU_ENTER;
  EVENT;
  if (int refusal = captured_event(__func__, *event)) {
    return refusal;
  }
  synchronise(event->recorded);
  return sticky();
}

API cuEventElapsedTime(float* milliseconds, void* from, void* to) {
  CUEMU_ENTER;
  Event* a = events.find(from);
  Event* b = events.find(to);
  if (a == nullptr || b == nullptr || !a->timing || !b->timing || a->recorded == nullptr
      || b->recorded == nullptr) {
    return report(INVALID_HANDLE, "%s of events that keep no time or were not recorded", __func__);
  }
  if (!a->recorded->done || !b->recorded->done) {
    return NOT_READY;
  }
  *milliseconds = static_cast<float>(b->recorded->milliseconds - a->recorded->milliseconds);
  return SUCCESS;
}

API cuStreamBeginCapture_v2(void* handle, int mode) {
  CUEMU_ENTER;
  STREAM;
  return begin_capture(*stream, mode);
}

API cuStreamEndCapture(void* handle, Graph** out) {
  CUEMU_ENTER;
  STREAM;
  return end_capture(*stream, out);
}

API cuStreamIsCapturing(void* handle, int* status) {
  CUEMU_ENTER;
  STREAM;
  *status = stream->capture == nullptr    ? 0
            : stream->capture->invalid ? CAPTURE_STATUS_INVALIDATED
                                       : CAPTURE_ACTIVE;
  return SUCCESS;
}

API cuGraphGetNodes(void* handle, void** nodes, std::size_t* count) {
  CUEMU_ENTER;
  CUEMU_FIND(graph, graphs.find(handle));
  if (nodes != nullptr) {
    return report(NOT_SUPPORTED, "%s: only the number of nodes is emulated", __func__);
  }
  *count = graph->nodes.size();
  return SUCCESS;
}

API cuGraphInstantiateWithFlags(void** out, void* handle, unsigned long long flags) {
  CUEMU_ENTER;
  CUEMU_FIND(graph, graphs.find(handle));
  if (flags & ~static_cast<unsigned long long>(NODE_PRIORITIES)) {
    return report(NOT_SUPPORTED, "%s: the flags %llu are not emulated", __func__, flags);
  }
  *out = instantiate(*graph, (flags & NODE_PRIORITIES) != 0);
  return SUCCESS;
}

API cuGraphUpload(void* executable, void* handle) {
  CUEMU_ENTER;
  STREAM;
  CUEMU_FIND(graph, executableGraphs.find(executable));
  return SUCCESS;
}

API cuGraphLaunch(void* executable, void* handle) {
  CUEMU_ENTER;
  STREAM;
  CUEMU_FIND(graph, executableGraphs.find(executable));
  return launch_graph(*graph, *stream);
}

API cuGraphDestroy(void* handle) {
  CUEMU_ENTER_ALWAYS;
  CUEMU_FIND(graph, graphs.find(handle));
  graphs.destroy(graph);
  return SUCCESS;
}

API cuGraphExecDestroy(void* handle) {
  CUEMU_ENTER_ALWAYS;
  CUEMU_FIND(graph, executableGraphs.find(handle));
  synchronise_all();
  executableGraphs.destroy(graph);
  return SUCCESS;
}
