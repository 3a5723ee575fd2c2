// Modules: PTX text or a cubin, whose entries are answered by host kernels of the same names. The
// code is not looked at; the entry table is, so that an image of another version of the source is
// refused.
#pragma once

#include <map>
#include <string>

#include "entry.h"
#include "handles.h"
#include "kernel.h"

namespace cuemu {
struct Module;

struct Function {
  const HostKernel* kernel = nullptr;
  Module* module = nullptr;
  unsigned maxThreads = MAX_THREADS;  // .maxntid
  unsigned maxDynamicShared = 48 << 10;
};

struct Module {
  std::map<std::string, Function*> functions;
};

extern Handles<Module> modules;
extern Handles<Function> functions;

// Answers a CUresult.
int load_module(const char* image, Module** out, Refusal& refusal);
void unload_module(Module* module);
}  // namespace cuemu
