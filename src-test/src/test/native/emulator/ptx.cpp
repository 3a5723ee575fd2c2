#include "ptx.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "codes.h"
#include "settings.h"

namespace cuemu {
namespace {
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

int check_header(const std::string& text, Refusal& refusal) {
  std::string version = word_after(text, ".version");
  std::string target = word_after(text, ".target");
  if (version.empty() || target.rfind("sm_", 0) != 0) {
    refusal.why = "not PTX: no .version or no .target";
    return INVALID_PTX;
  }
  int number = static_cast<int>(std::atof(version.c_str()) * 10 + 0.5);
  if (number > readable_version(settings.driverVersion)) {
    refusal.why = "PTX version " + version + " is newer than driver "
          + std::to_string(settings.driverVersion) + " reads";
    return UNSUPPORTED_PTX_VERSION;
  }
  if (!settings.ptxCompiler) {
    refusal = {"no library to compile PTX with", false};
    return JIT_COMPILER_NOT_FOUND;
  }
  if (std::atoi(target.c_str() + 3) > settings.computeCapability) {
    refusal.why = "PTX for " + target + ", device has " + std::to_string(settings.computeCapability);
    return NO_BINARY_FOR_GPU;
  }
  return SUCCESS;
}
}  // namespace

namespace {
// The emulated NVRTC names the library that it made of a source in the first line.
std::string load_named_library(const std::string& text) {
  const std::string mark = "//cuemu_library ";
  if (text.rfind(mark, 0) != 0) {
    return "";
  }
  return load_kernels(text.substr(mark.size(), text.find('\n') - mark.size()));
}
}  // namespace

int read_ptx(const char* image, std::vector<Entry>& entries, Refusal& refusal) {
  refusal.why = load_named_library(image);
  if (!refusal.why.empty()) {
    return INVALID_PTX;
  }
  std::string text = without_comments(image);
  int code = check_header(text, refusal);
  if (code == SUCCESS) {
    entries = parse(text);
  }
  return code;
}
}  // namespace cuemu
