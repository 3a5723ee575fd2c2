#include "faults.h"

#include <pthread.h>
#include <signal.h>

#include <vector>

#include "codes.h"
#include "execution.h"

namespace cuemu {
namespace {
constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};
struct sigaction previous[3];
pthread_t executing;
bool active = false;
stack_t outerStack;

void unblock(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void handle(int signal, siginfo_t* info, void* context) {
  if (active && launch.inKernel && pthread_equal(executing, pthread_self())) {
    unblock(signal);
    if (signal == SIGFPE) {
      kernel_fault(LAUNCH_FAILED, "integer division by zero");
    }
    if (launch.current->fiber.below_stack(info->si_addr)) {
      kernel_fault(ILLEGAL_ADDRESS, "stack overflow");
    }
    kernel_fault(
        ILLEGAL_ADDRESS,
        "memory fault: " + describe(reinterpret_cast<Address>(info->si_addr)));
  }
  int i = signal == SIGSEGV ? 0 : signal == SIGBUS ? 1 : 2;
  if (previous[i].sa_flags & SA_SIGINFO) {
    previous[i].sa_sigaction(signal, info, context);
  } else {
    sigaction(signal, &previous[i], nullptr);
    raise(signal);
  }
}
}  // namespace

void install_fault_handlers() {
  static bool installed = false;
  if (installed) {
    return;
  }
  installed = true;
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  for (int i = 0; i < 3; i++) {
    sigaction(SIGNALS[i], &action, &previous[i]);
  }
}

SignalGuard::SignalGuard() {
  static std::vector<char> memory(256 << 10);
  stack_t mine = {};
  mine.ss_sp = memory.data();
  mine.ss_size = memory.size();
  sigaltstack(&mine, &outerStack);
  executing = pthread_self();
  active = true;
}

SignalGuard::~SignalGuard() {
  active = false;
  sigaltstack(&outerStack, nullptr);
}
}  // namespace cuemu
