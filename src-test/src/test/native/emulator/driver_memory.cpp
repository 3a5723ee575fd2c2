// Allocation, copies, fills.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "driver.h"
#include "graph.h"
#include "memory.h"
#include "settings.h"
#include "shadow.h"
#include "stream.h"

using namespace cuemu;

namespace {
// Ends the context with what is wrong with an access of a copy or fill; false then.
bool good(const char* operation, const std::string& problem) {
  if (!problem.empty()) {
    poison(ILLEGAL_ADDRESS, std::string(operation) + ": " + problem);
  }
  return problem.empty();
}

// The check that a real driver makes when it is called.
int check_range(const char* function, Address address, std::size_t bytes) {
  if (bytes == 0 || inside(address, bytes)) {
    return SUCCESS;
  }
  return report(
      INVALID_VALUE, "%s of %zu bytes: %s", function, bytes, describe(address).c_str());
}

int to_device(const char* function, Stream& stream, Address to, const void* from, std::size_t n) {
  if (int refusal = check_range(function, to, n)) {
    return refusal;
  }
  counters.bytesToDevice += static_cast<std::int64_t>(n);
  Address source = reinterpret_cast<Address>(from);
  bool pinned = allocation_at(source) != nullptr;
  if (!pinned && stream.capture != nullptr) {
    stream.capture->invalid = true;
    return report(
        CAPTURE_UNSUPPORTED, "%s from memory that is not pinned, during a stream capture",
        function);
  }
  // From memory that is not pinned the driver copies before it returns.
  auto copy = std::make_shared<std::vector<char>>();
  if (!pinned) {
    copy->assign(static_cast<const char*>(from), static_cast<const char*>(from) + n);
  }
  return enqueue(stream, "copy to device", [=] {
    if (good("copy to device", touch(to, n, true, false))
        && (!pinned || good("copy to device", touch(source, n, false, false)))) {
      std::memcpy(reinterpret_cast<void*>(to), pinned ? from : copy->data(), n);
    }
  });
}

int to_host(const char* function, Stream& stream, void* to, Address from, std::size_t n) {
  if (int refusal = check_range(function, from, n)) {
    return refusal;
  }
  counters.bytesToHost += static_cast<std::int64_t>(n);
  Address target = reinterpret_cast<Address>(to);
  bool pinned = allocation_at(target) != nullptr;
  if (!pinned && stream.capture != nullptr) {
    stream.capture->invalid = true;
    return report(
        CAPTURE_UNSUPPORTED, "%s to memory that is not pinned, during a stream capture", function);
  }
  int code = enqueue(stream, "copy to host", [=] {
    // A range may be copied whole of which parts were never written.
    if (good("copy to host", touch(from, n, false, true))
        && (!pinned || good("copy to host", touch(target, n, true, false)))) {
      std::memcpy(to, reinterpret_cast<const void*>(from), n);
    }
  });
  if (code == SUCCESS && !pinned) {
    synchronise(stream);
    code = sticky();
  }
  return code;
}

int on_device(const char* function, Stream& stream, Address to, Address from, std::size_t n) {
  if (int refusal = check_range(function, to, n)) {
    return refusal;
  }
  if (int refusal = check_range(function, from, n)) {
    return refusal;
  }
  return enqueue(stream, "copy on device", [=] {
    if (!good("copy on device", touch(from, n, false, true))) {
      return;
    }
    std::vector<char> copy(reinterpret_cast<char*>(from), reinterpret_cast<char*>(from) + n);
    if (good("copy on device", touch(to, n, true, false))) {
      copy_initialised(to, from, n);
      std::memcpy(reinterpret_cast<void*>(to), copy.data(), n);
    }
  });
}

template <class T>
int fill(const char* function, Stream& stream, Address to, T value, std::size_t count) {
  std::size_t bytes = count * sizeof(T);
  if (to % sizeof(T) != 0) {
    return report(INVALID_VALUE, "%s of a misaligned address", function);
  }
  if (int refusal = check_range(function, to, bytes)) {
    return refusal;
  }
  return enqueue(stream, "fill", [=] {
    if (good("fill", touch(to, bytes, true, false))) {
      std::fill_n(reinterpret_cast<T*>(to), count, value);
    }
  });
}

// Before a call that works on the legacy default stream and waits for it.
int synchronous(const char* function) {
  if (int refusal = implicit_in_capture(function)) {
    return refusal;
  }
  return unsafe_in_capture(function);
}
}  // namespace

#define STREAM CUEMU_FIND(stream, stream_of(handle))

API cuMemGetInfo_v2(std::size_t* available, std::size_t* total) {
  CUEMU_ENTER;
  *total = settings.memory;
  *available = settings.memory - static_cast<std::size_t>(counters.liveBytes);
  return SUCCESS;
}

API cuMemAlloc_v2(Address* out, std::size_t bytes) {
  CUEMU_ENTER;
  if (int refusal = unsafe_in_capture(__func__)) {
    return refusal;
  }
  return allocate(out, bytes, false, __func__);
}

API cuMemFree_v2(Address address) {
  CUEMU_ENTER;
  if (address == 0) {
    return SUCCESS;
  }
  if (int refusal = unsafe_in_capture(__func__)) {
    return refusal;
  }
  synchronise_all();
  return sticky() != SUCCESS ? sticky() : release(address, false, __func__);
}

API cuMemAllocAsync(Address* out, std::size_t bytes, void* handle) {
  CUEMU_ENTER;
  STREAM;
  if (stream->capture != nullptr) {
    return report(NOT_SUPPORTED, "allocation nodes are not emulated");
  }
  return allocate(out, bytes, false, __func__);
}

API cuMemFreeAsync(Address address, void* handle) {
  CUEMU_ENTER;
  STREAM;
  if (stream->capture != nullptr) {
    return report(NOT_SUPPORTED, "free nodes are not emulated");
  }
  return enqueue(*stream, "free", [=] { release(address, false, "cuMemFreeAsync"); });
}

API cuMemHostAlloc(void** out, std::size_t bytes, unsigned) {
  CUEMU_ENTER;
  if (int refusal = unsafe_in_capture(__func__)) {
    return refusal;
  }
  return allocate(reinterpret_cast<Address*>(out), bytes, true, __func__);
}

API cuMemAllocHost_v2(void** out, std::size_t bytes) { return cuMemHostAlloc(out, bytes, 0); }

API cuMemFreeHost(void* p) {
  CUEMU_ENTER;
  if (int refusal = unsafe_in_capture(__func__)) {
    return refusal;
  }
  synchronise_all();
  return sticky() != SUCCESS ? sticky() : release(reinterpret_cast<Address>(p), true, __func__);
}

API cuMemHostGetDevicePointer_v2(Address* out, void* p, unsigned) {
  CUEMU_ENTER;
  *out = reinterpret_cast<Address>(p);
  return inside_host(*out, 1) ? SUCCESS : report(INVALID_VALUE, "%s: not pinned", __func__);
}

API cuMemGetAddressRange_v2(Address* base, std::size_t* bytes, Address address) {
  CUEMU_ENTER;
  if (!inside(address, 1)) {
    return report(NOT_FOUND, "%s: %s", __func__, describe(address).c_str());
  }
  const Allocation* a = allocation_at(address);
  if (base != nullptr) {
    *base = a->base;
  }
  if (bytes != nullptr) {
    *bytes = a->end - a->base;
  }
  return SUCCESS;
}

API cuMemcpyHtoD_v2(Address to, const void* from, std::size_t n) {
  CUEMU_ENTER;
  if (int refusal = synchronous(__func__)) {
    return refusal;
  }
  int code = to_device(__func__, null_stream(), to, from, n);
  synchronise(null_stream());
  return code != SUCCESS ? code : sticky();
}

API cuMemcpyDtoH_v2(void* to, Address from, std::size_t n) {
  CUEMU_ENTER;
  if (int refusal = synchronous(__func__)) {
    return refusal;
  }
  int code = to_host(__func__, null_stream(), to, from, n);
  synchronise(null_stream());
  return code != SUCCESS ? code : sticky();
}

API cuMemcpyDtoD_v2(Address to, Address from, std::size_t n) {
  CUEMU_ENTER;
  return on_device(__func__, null_stream(), to, from, n);
}

API cuMemcpyHtoDAsync_v2(Address to, const void* from, std::size_t n, void* handle) {
  CUEMU_ENTER;
  STREAM;
  return to_device(__func__, *stream, to, from, n);
}

API cuMemcpyDtoHAsync_v2(void* to, Address from, std::size_t n, void* handle) {
  CUEMU_ENTER;
  STREAM;
  return to_host(__func__, *stream, to, from, n);
}

API cuMemcpyDtoDAsync_v2(Address to, Address from, std::size_t n, void* handle) {
  CUEMU_ENTER;
  STREAM;
  return on_device(__func__, *stream, to, from, n);
}

#define FILL(bits, type)                                                                 \
  API cuMemsetD##bits##Async(Address to, type value, std::size_t count, void* handle) {  \
    CUEMU_ENTER;                                                                         \
    STREAM;                                                                              \
    return fill<type>(__func__, *stream, to, value, count);                              \
  }                                                                                      \
  API cuMemsetD##bits##_v2(Address to, type value, std::size_t count) {                  \
    CUEMU_ENTER;                                                                         \
    return fill<type>(__func__, null_stream(), to, value, count);                        \
  }
FILL(8, unsigned char)
FILL(16, unsigned short)
FILL(32, unsigned)
