#include "module.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "codes.h"
#include "settings.h"

namespace cuemu {
Handles<Module> modules;
Handles<Function> functions;

namespace {
struct Entry {
  std::string name;
  std::vector<unsigned> sizes;
  unsigned maxThreads = MAX_THREADS;
};

std::string without_comments(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (text.compare(i, 2, "/*") == 0) {
      std::size_t end = text.find("*/", i);
      i = end == std::string::npos ? text.size() : end + 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The word after a directive, as "8.0" after ".version".
std::string word_after(const std::string& text, const std::string& directive) {
  std::size_t at = text.find(directive);
  if (at == std::string::npos) {
    return "";
  }
  at = text.find_first_not_of(" \t", at + directive.size());
  return text.substr(at, text.find_first_of(" \t\r\n,", at) - at);
}

// The size of a parameter such as ".param .align 8 .b8 name[24]" in bytes.
unsigned parameter_size(const std::string& declaration) {
  std::size_t at = 0;
  unsigned bits = 0;
  while ((at = declaration.find('.', at)) != std::string::npos) {
    at++;
    char kind = declaration[at];
    if (std::strchr("usfb", kind) != nullptr && std::isdigit(declaration[at + 1])) {
      bits = static_cast<unsigned>(std::atoi(declaration.c_str() + at + 1));
    }
  }
  std::size_t bracket = declaration.find('[');
  unsigned count = bracket == std::string::npos
                       ? 1
                       : static_cast<unsigned>(std::atoi(declaration.c_str() + bracket + 1));
  return bits / 8 * count;
}

std::vector<Entry> parse(const std::string& text) {
  std::vector<Entry> entries;
  const std::string directive = ".entry";
  for (std::size_t at = 0; (at = text.find(directive, at)) != std::string::npos;) {
    Entry entry;
    std::size_t begin = text.find_first_not_of(" \t\r\n", at + directive.size());
    std::size_t end = text.find_first_of(" \t\r\n(", begin);
    entry.name = text.substr(begin, end - begin);
    std::size_t open = text.find_first_of("({", end);
    std::size_t body = text.find('{', end);
    std::size_t close = open;
    if (open != std::string::npos && text[open] == '(') {
      close = text.find(')', open);
      std::string list = text.substr(open + 1, close - open - 1);
      for (std::size_t p = 0; (p = list.find(".param", p)) != std::string::npos;) {
        std::size_t comma = std::min(list.find(',', p), list.size());
        entry.sizes.push_back(parameter_size(list.substr(p + 6, comma - p - 6)));
        p = comma;
      }
    }
    std::string directives = text.substr(close, body - close);
    std::size_t limit = directives.find(".maxntid");
    if (limit != std::string::npos) {
      entry.maxThreads = 1;
      const char* p = directives.c_str() + limit + std::strlen(".maxntid");
      for (char* next = nullptr;; p = next + 1) {
        unsigned long n = std::strtoul(p, &next, 10);
        if (next == p) {
          break;
        }
        entry.maxThreads *= static_cast<unsigned>(n);
        next += std::strspn(next, " \t");
        if (*next != ',') {
          break;
        }
      }
    }
    entries.push_back(entry);
    at = end;
  }
  return entries;
}

// The PTX version that a driver reads, times ten (PTX ISA, release notes).
int readable_version(int driver) {
  static const std::vector<std::pair<int, int>> table = {
      {11080, 78}, {12000, 80}, {12010, 81}, {12020, 82}, {12030, 83}, {12040, 84},
      {12050, 85}, {12080, 87}, {12090, 88}, {13000, 90}};
  int version = 0;
  for (const auto& [from, ptx] : table) {
    version = driver >= from ? ptx : version;
  }
  return version;
}

int check_header(const std::string& text, std::string& log) {
  std::string version = word_after(text, ".version");
  std::string target = word_after(text, ".target");
  if (version.empty() || target.rfind("sm_", 0) != 0) {
    log = "not PTX: no .version or no .target";
    return INVALID_PTX;
  }
  int number = static_cast<int>(std::atof(version.c_str()) * 10 + 0.5);
  if (number > readable_version(settings.driverVersion)) {
    log = "PTX version " + version + " is newer than driver "
          + std::to_string(settings.driverVersion) + " reads";
    return UNSUPPORTED_PTX_VERSION;
  }
  if (std::atoi(target.c_str() + 3) > settings.computeCapability) {
    log = "PTX for " + target + ", device has " + std::to_string(settings.computeCapability);
    return NO_BINARY_FOR_GPU;
  }
  return SUCCESS;
}

std::string list(const std::vector<unsigned>& sizes) {
  std::string text;
  for (unsigned s : sizes) {
    text += (text.empty() ? "" : " ") + std::to_string(s);
  }
  return "(" + text + ")";
}

// "" or how the PTX differs from the sources that the host kernels were compiled from.
std::string difference(const std::vector<Entry>& entries) {
  std::set<std::string> names;
  std::set<std::string> sources;
  for (const Entry& e : entries) {
    const HostKernel* host = find_kernel(e.name);
    if (host == nullptr) {
      return "stale PTX: no source has its entry " + e.name;
    }
    const cuemu_kernel& k = *host->entry;
    std::vector<unsigned> sizes(k.sizes, k.sizes + k.parameters);
    if (sizes != e.sizes) {
      return "stale PTX: parameters of " + e.name + " have " + list(e.sizes)
             + " bytes, in the source " + list(sizes);
    }
    names.insert(e.name);
    sources.insert(k.source);
  }
  for (const std::string& source : sources) {
    for (const std::string& name : kernels_of_source(source)) {
      if (names.count(name) == 0) {
        return "stale PTX: it lacks " + name + ", which " + source + " has";
      }
    }
  }
  return "";
}
}  // namespace

int load_module(const char* ptx, Module** out, std::string& log) {
  if (std::strncmp(ptx, "\x7f" "ELF", 4) == 0) {
    log = "device code is not emulated, only PTX";
    return NO_BINARY_FOR_GPU;
  }
  std::string text = without_comments(ptx);
  if (int code = check_header(text, log)) {
    return code;
  }
  std::vector<Entry> entries = parse(text);
  log = difference(entries);
  if (!log.empty()) {
    return INVALID_PTX;
  }
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
