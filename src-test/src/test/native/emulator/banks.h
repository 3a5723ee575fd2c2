// Bank conflicts of shared memory, counted where the setting `banks` asks for it: how many times
// more than once a warp's access has to be served, because lanes want different words of one bank.
//
// Lanes run one after the other here; what they do at the same time on a device is taken to be the
// n-th access of each from one place in the code. 32 banks of 4 bytes; 8 bytes are served by half
// a warp at a time, 16 bytes by a quarter.
#pragma once

#include "memory.h"

namespace cuemu {
// The running thread's access to shared memory, from that place in the code.
void note_bank_access(const void* code, Address address, unsigned bytes);
// To be called when a block has ended.
void count_bank_conflicts();
}  // namespace cuemu
