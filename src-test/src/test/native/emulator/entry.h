// What an image of kernels says of one of them, and why an image is refused.
#pragma once

#include <string>
#include <vector>

#include "kernel.h"

namespace cuemu {
struct Entry {
  std::string name;
  std::vector<unsigned> sizes;  // of the parameters, in bytes
  unsigned maxThreads = MAX_THREADS;
};

struct Refusal {
  std::string why;
  bool mistake = true;  // of the program; not what only this driver lacks
};
}  // namespace cuemu
