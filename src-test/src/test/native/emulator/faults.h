// A kernel's machine faults (a guard page, an overrun stack, a division by zero) end the kernel,
// not the process.
#pragma once

namespace cuemu {
// Once for the process; other faults go on to the handlers that were there before, the JVM's.
void install_fault_handlers();

// While it lives this thread has a stack of its own for the handler, since the fiber's may be used
// up.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};
}  // namespace cuemu
