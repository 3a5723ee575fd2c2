// PTX text: its header and its entry table. The code is not looked at.
#pragma once

#include <vector>

#include "entry.h"

namespace cuemu {
// Answers a CUresult as the driver and the device that the settings tell.
int read_ptx(const char* image, std::vector<Entry>& entries, Refusal& refusal);
}  // namespace cuemu
