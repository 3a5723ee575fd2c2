// Cubins: machine code in an ELF file. The code is not looked at; the file's header and its table
// of kernels are.
#pragma once

#include <vector>

#include "entry.h"

namespace cuemu {
bool is_cubin(const char* image);
// Answers a CUresult as the driver and the device that the settings tell.
int read_cubin(const char* image, std::vector<Entry>& entries, Refusal& refusal);
}  // namespace cuemu
