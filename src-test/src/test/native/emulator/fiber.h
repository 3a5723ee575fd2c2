// A device thread's stack and the switch between it and the scheduler. ucontext's own switch makes
// a system call each time; this one is a dozen instructions.
#pragma once

#include <cstddef>

namespace cuemu {
class Fiber {
 public:
  // Takes a stack, ready to begin at `entry`, which must not return.
  void begin(void (*entry)());
  // Runs until it pauses. Only the scheduler calls this.
  void resume();
  // Back to the scheduler. Only the running fiber calls this.
  void pause();
  // Gives the stack back; what ran on it is abandoned.
  void end();
  bool begun() const { return stack != nullptr; }
  bool on_stack(const void* p) const;
  // Whether the address is in the guard page below the stack.
  bool below_stack(const void* p) const;

 private:
  char* stack = nullptr;  // lowest address: the guard page
  void* pointer = nullptr;
};
}  // namespace cuemu
