// Shadow memory: for each byte whether it was ever written, and for each four bytes who wrote them
// last and who has read them since. From it follow races between the threads of a launch, missing
// order between operations, and reads of memory that nothing has written.
//
// The rules are FastTrack's (Flanagan and Freund, PLDI 2009) with the clocks that CUDA's own order
// allows to be single numbers: a barrier orders a whole block, a warp barrier its lanes, an
// operation's end whatever stream, event or edge comes after it.
#pragma once

#include <cstddef>
#include <string>

#include "memory.h"
#include "order.h"

namespace cuemu {
struct Cell {
  Time write;
  Time read;
  Time otherRead;  // by an operation that is not ordered before that of `read`
  unsigned writer : 10;
  unsigned writeMask : 4;  // which of the four bytes
  unsigned atomic : 1;
  unsigned manyBlocks : 1;  // read by several blocks of one launch
  unsigned reader : 10;
  unsigned readMask : 4;
  unsigned manyThreads : 1;  // read by several threads of one block
  unsigned manyWarps : 1;
};
static_assert(sizeof(Cell) == 16, "four times the memory that it describes");

// A range of memory with its shadow.
struct Region {
  Address begin = 0;
  Address end = 0;
  Cell* cells = nullptr;
  unsigned char* written = nullptr;  // a bit for each byte
  const char* kind = "";
  bool ofBlock = false;  // each block has its own: what others did there is forgotten
};
extern Region globalMemory;

void open_shadow();
// Shadow for a range outside the arena: shared memory.
Region make_shared_region(Address begin, std::size_t bytes, const char* kind);
void forget_shadow(Address first, Address last);
// All times, not what is written.
void forget_accesses();
void forget_cached_allocation();

void mark_initialised(Address begin, std::size_t bytes);
void clear_initialised(const Region& region, Address begin, std::size_t bytes);
// The first byte that nothing has written, or end.
Address first_uninitialised(Address begin, std::size_t bytes);
void copy_initialised(Address to, Address from, std::size_t bytes);

// An access by an operation that is no kernel. Returns what is wrong with it in words, or nothing.
std::string touch(Address begin, std::size_t bytes, bool write, bool mayBeUninitialised);
}  // namespace cuemu
