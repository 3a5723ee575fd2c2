#include "module.h"

#include <set>
#include <vector>

#include "codes.h"
#include "cubin.h"
#include "ptx.h"
#include "report.h"

namespace cuemu {
Handles<Module> modules;
Handles<Function> functions;

namespace {
std::string list(const std::vector<unsigned>& sizes) {
  std::string text;
  for (unsigned s : sizes) {
    text += (text.empty() ? "" : " ") + std::to_string(s);
  }
  return "(" + text + ")";
}

// "" or how the image differs from the sources that the host kernels were compiled from.
std::string difference(const std::vector<Entry>& entries) {
  std::set<std::string> names;
  std::set<std::string> sources;
  for (const Entry& e : entries) {
    const HostKernel* host = find_kernel(e.name);
    if (host == nullptr) {
      return "stale: no source has its entry " + e.name;
    }
    const cuemu_kernel& k = *host->entry;
    std::vector<unsigned> sizes(k.sizes, k.sizes + k.parameters);
    if (sizes != e.sizes) {
      return "stale: parameters of " + e.name + " have " + list(e.sizes)
             + " bytes, in the source " + list(sizes);
    }
    names.insert(e.name);
    sources.insert(k.source);
  }
  for (const std::string& source : sources) {
    for (const std::string& name : kernels_of_source(source)) {
      if (names.count(name) == 0) {
        return "stale: it lacks " + name + ", which " + source + " has";
      }
    }
  }
  return "";
}
}  // namespace

int load_module(const char* image, Module** out, Refusal& refusal) {
  bool machineCode = is_cubin(image);
  std::vector<Entry> entries;
  int code =
      machineCode ? read_cubin(image, entries, refusal) : read_ptx(image, entries, refusal);
  if (code != SUCCESS) {
    return code;
  }
  refusal.why = difference(entries);
  if (!refusal.why.empty()) {
    return machineCode ? INVALID_IMAGE : INVALID_PTX;
  }
  counters.modulesOfMachineCode += machineCode;
  Module* module = modules.add(new Module);
  for (const Entry& e : entries) {
    Function* f = functions.add(new Function);
    f->kernel = find_kernel(e.name);
    f->module = module;
    f->maxThreads = e.maxThreads;
    module->functions[e.name] = f;
  }
  *out = module;
  return SUCCESS;
}

void unload_module(Module* module) {
  for (const auto& [name, function] : module->functions) {
    functions.destroy(function);
  }
  modules.destroy(module);
}
}  // namespace cuemu
