#include "fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

// Saves the callee-saved registers and the stack pointer, takes the other's (System V ABI, x86-64).
extern "C" void cuemu_switch(void** save, void* load);
asm(R"(
.text
.hidden cuemu_switch
.globl cuemu_switch
.type cuemu_switch, @function
cuemu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cuemu_switch, .-cuemu_switch
)");

namespace cuemu {
namespace {
constexpr std::size_t GUARD = 4096;
constexpr std::size_t STACK = 64 << 10;
constexpr int SAVED_REGISTERS = 6;

std::vector<char*> spare;
void* scheduler = nullptr;

char* take_stack() {
  if (!spare.empty()) {
    char* stack = spare.back();
    spare.pop_back();
    return stack;
  }
  void* p = mmap(
      nullptr, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1, 0);
  if (p == MAP_FAILED || mprotect(p, GUARD, PROT_NONE) != 0) {
    std::fprintf(stderr, "[cuemu] no memory for a thread's stack\n");
    std::abort();
  }
  return static_cast<char*>(p);
}
}  // namespace

void Fiber::begin(void (*entry)()) {
  stack = take_stack();
  void** top = reinterpret_cast<void**>(stack + GUARD + STACK);
  *--top = nullptr;  // the return address of `entry`; keeps the alignment that a call leaves
  *--top = reinterpret_cast<void*>(entry);
  top -= SAVED_REGISTERS;
  std::memset(static_cast<void*>(top), 0, SAVED_REGISTERS * sizeof(void*));
  pointer = top;
}

void Fiber::resume() { cuemu_switch(&scheduler, pointer); }

void Fiber::pause() { cuemu_switch(&pointer, scheduler); }

void Fiber::end() {
  if (stack != nullptr) {
    spare.push_back(stack);
    stack = nullptr;
  }
}

bool Fiber::on_stack(const void* p) const {
  const char* at = static_cast<const char*>(p);
  return at >= stack + GUARD && at < stack + GUARD + STACK;
}

bool Fiber::below_stack(const void* p) const {
  const char* at = static_cast<const char*>(p);
  return stack != nullptr && at >= stack && at < stack + GUARD;
}
}  // namespace cuemu
