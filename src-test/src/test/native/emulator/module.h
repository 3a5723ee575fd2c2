// Modules: PTX text whose entries are answered by host kernels of the same names. The code in the
// PTX is not looked at; its entry table is, so that PTX of another version of the source is
// refused.
#pragma once

#include <map>
#include <string>

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

// Answers a CUresult; the log says why not.
int load_module(const char* ptx, Module** out, std::string& log);
void unload_module(Module* module);
}  // namespace cuemu
