#include "cubin.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <map>

#include "codes.h"
#include "settings.h"

namespace cuemu {
namespace {
// EM_CUDA
constexpr int MACHINE = 190;
// From toolkit 13 on the architecture is the second byte of the flags, before it is the first.
constexpr int FLAGS_OF_TOOLKIT_13 = 8;

// A section .nv.info.KERNEL is a list of attributes: format, name, and a value of two bytes, which
// with this format is the number of bytes that follow.
constexpr int SIZED = 4;
constexpr int MAX_THREADS_ATTRIBUTE = 0x05;  // three numbers of threads
constexpr int PARAMETER = 0x17;  // index; ordinal and offset, two bytes each; size from bit 18 on
const char INFO[] = ".nv.info.";

template <class T>
T at(const char* image, std::size_t offset) {
  T value;
  std::memcpy(&value, image + offset, sizeof value);
  return value;
}

int architecture(const Elf64_Ehdr& header) {
  int shift = header.e_ident[EI_ABIVERSION] >= FLAGS_OF_TOOLKIT_13 ? 8 : 0;
  return static_cast<int>(header.e_flags >> shift & 0xff);
}

int check(const Elf64_Ehdr& header, Refusal& refusal) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != MACHINE) {
    refusal.why = "no cubin, but an ELF file for machine " + std::to_string(header.e_machine);
    return INVALID_IMAGE;
  }
  // NVIDIA promises that drivers load what toolkits of the same major version make.
  if (header.e_ident[EI_ABIVERSION] >= FLAGS_OF_TOOLKIT_13 && settings.driverVersion < 13000) {
    refusal = {"a cubin of toolkit 13, newer than driver " + std::to_string(settings.driverVersion),
               false};
    return INVALID_IMAGE;
  }
  int made = architecture(header);
  int device = settings.computeCapability;
  if (made / 10 != device / 10 || made % 10 > device % 10) {
    refusal.why = "a cubin for sm_" + std::to_string(made) + ", device has " + std::to_string(device);
    return NO_BINARY_FOR_GPU;
  }
  return SUCCESS;
}

Entry read_entry(const char* name, const char* list, std::size_t size) {
  Entry entry;
  entry.name = name;
  std::map<unsigned, unsigned> sizes;
  for (std::size_t i = 0; i + 4 <= size; i += 4) {
    int format = list[i];
    int attribute = static_cast<unsigned char>(list[i + 1]);
    if (format != SIZED) {
      continue;
    }
    const char* value = list + i + 4;
    if (attribute == PARAMETER) {
      sizes[at<std::uint16_t>(value, 4)] = at<std::uint32_t>(value, 8) >> 18;
    } else if (attribute == MAX_THREADS_ATTRIBUTE) {
      entry.maxThreads =
          at<unsigned>(value, 0) * at<unsigned>(value, 4) * at<unsigned>(value, 8);
    }
    i += at<std::uint16_t>(list, i + 2);
  }
  for (const auto& [ordinal, bytes] : sizes) {
    entry.sizes.push_back(bytes);
  }
  return entry;
}
}  // namespace

bool is_cubin(const char* image) { return std::strncmp(image, ELFMAG, SELFMAG) == 0; }

int read_cubin(const char* image, std::vector<Entry>& entries, Refusal& refusal) {
  auto header = at<Elf64_Ehdr>(image, 0);
  if (int code = check(header, refusal)) {
    return code;
  }
  auto section = [&](std::size_t index) {
    return at<Elf64_Shdr>(image, header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  const char* names = image + section(header.e_shstrndx).sh_offset;
  for (std::size_t i = 0; i < header.e_shnum; i++) {
    Elf64_Shdr info = section(i);
    const char* name = names + info.sh_name;
    if (std::strncmp(name, INFO, std::strlen(INFO)) == 0) {
      entries.push_back(read_entry(name + std::strlen(INFO), image + info.sh_offset, info.sh_size));
    }
  }
  return SUCCESS;
}
}  // namespace cuemu
