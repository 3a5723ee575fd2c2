#include "kernel.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <list>
#include <map>

#include "report.h"

namespace cuemu {
namespace {
std::list<KernelLibrary> libraries;
std::map<std::string, HostKernel>& kernels() {
  static std::map<std::string, HostKernel> table;
  return table;
}
// Filled by the constructors of the library that is just being loaded.
KernelLibrary* loading = nullptr;
std::string duplicate;  // a kernel of `loading` that another library has too

int find_segments(dl_phdr_info* info, std::size_t, void* data) {
  KernelLibrary* library = static_cast<KernelLibrary*>(data);
  if (library->path != info->dlpi_name) {
    return 0;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type == PT_LOAD) {
      const char* begin = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
      library->begin = library->begin == nullptr ? begin : std::min(library->begin, begin);
      library->end = std::max(library->end, begin + header.p_memsz);
    }
  }
  return 1;
}
}  // namespace

std::string load_kernels(const std::string& path) {
  for (const KernelLibrary& library : libraries) {
    if (library.path == path) {
      return "";
    }
  }
  libraries.emplace_back();
  KernelLibrary& library = libraries.back();
  library.path = path;
  loading = &library;
  duplicate.clear();
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  loading = nullptr;
  if (handle == nullptr) {
    libraries.pop_back();
    return dlerror();
  }
  if (!duplicate.empty()) {
    return "kernel " + duplicate + " is in another loaded library too";
  }
  dl_iterate_phdr(find_segments, &library);
  return "";
}

const HostKernel* find_kernel(const std::string& name) {
  auto found = kernels().find(name);
  return found == kernels().end() ? nullptr : &found->second;
}

std::vector<std::string> kernels_of_source(const std::string& source) {
  std::vector<std::string> names;
  for (const auto& [name, kernel] : kernels()) {
    if (source == kernel.entry->source) {
      names.push_back(name);
    }
  }
  return names;
}

std::string declarations(const std::string& source) {
  std::string text = ".version 8.0\n.target sm_75\n.address_size 64\n";
  for (const std::string& name : kernels_of_source(source)) {
    const cuemu_kernel& entry = *find_kernel(name)->entry;
    text += "\n.visible .entry " + name + "(";
    for (unsigned i = 0; i < entry.parameters; i++) {
      unsigned size = entry.sizes[i];
      std::string parameter = name + "_param_" + std::to_string(i);
      bool scalar = size == 1 || size == 2 || size == 4 || size == 8;
      text += i == 0 ? "\n" : ",\n";
      text += scalar ? "\t.param .u" + std::to_string(8 * size) + " " + parameter
                     : "\t.param .align 4 .b8 " + parameter + "[" + std::to_string(size) + "]";
    }
    text += "\n)\n{\n\tret;\n}\n";
  }
  return text;
}
}  // namespace cuemu

extern "C" __attribute__((visibility("default"))) void cuemu_register_kernel(
    const cuemu_kernel* entry) {
  if (!cuemu::kernels().insert({entry->name, {entry, cuemu::loading}}).second) {
    cuemu::duplicate = entry->name;
  }
}

extern "C" __attribute__((visibility("default"))) void cuemu_register_shared(
    char* begin, char* end) {
  cuemu::loading->sharedBegin = begin;
  cuemu::loading->sharedEnd = end;
}
