// NVRTC for the emulator: sources are compiled by g++ to a library of kernels that the emulator
// loads; the PTX that comes back declares their entries and names that library, so that PTX kept
// by one process loads in another. What NVRTC refuses is refused: unknown options, a C++ standard
// or architecture that it does not have, headers of the host's.
#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "library.h"

namespace fs = std::filesystem;

namespace {
// nvrtcResult
constexpr int SUCCESS = 0;
constexpr int INVALID_INPUT = 3;
constexpr int INVALID_PROGRAM = 4;
constexpr int INVALID_OPTION = 5;
constexpr int COMPILATION = 6;

struct Program {
  std::string source;
  std::string name;
  std::map<std::string, std::string> headers;
  std::string log;
  std::string ptx;
  bool compiled = false;
};

std::mutex lock;
std::set<Program*> programs;

bool is_program(Program* program) { return programs.count(program) != 0; }

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

// Each `__global__` function's name: the word before the parenthesis after the launch bounds.
std::vector<std::string> kernels(const std::string& source) {
  std::vector<std::string> names;
  const std::string mark = "__global__";
  for (std::size_t at = 0; (at = source.find(mark, at)) != std::string::npos;) {
    at += mark.size();
    std::size_t bounds = source.find("__launch_bounds__", at);
    std::size_t end = source.find('(', at);
    if (bounds != std::string::npos && bounds < end) {
      end = source.find('(', source.find(')', bounds));
    }
    std::size_t begin = end;
    while (begin > 0 && (std::isalnum(source[begin - 1]) || source[begin - 1] == '_')) {
      begin--;
    }
    names.push_back(source.substr(begin, end - begin));
  }
  return names;
}

// A parameter's type as PTX has it.
std::string parameter_type(const std::string& text) {
  if (text.find('*') != std::string::npos) {
    return ".u64";
  }
  std::string type = text.substr(text.find_first_not_of(" \n"));
  return type.rfind("double", 0) == 0  ? ".f64"
         : type.rfind("float", 0) == 0 ? ".f32"
         : type.rfind("int", 0) == 0 || type.rfind("unsigned ", 0) == 0 ? ".u32"
                                                                        : ".u64";
}

// PTX without code that declares the kernels and names the library that has them.
std::string ptx(const std::string& source, const std::string& library) {
  std::string text = "//cuemu_library " + library
                     + "\n.version " + std::to_string(CUEMU_CUDA_MAJOR == 13 ? 9 : 8)
                     + ".0\n.target sm_75\n.address_size 64\n";
  for (const std::string& name : kernels(source)) {
    std::size_t open = source.find('(', source.find(name + "("));
    std::stringstream list(source.substr(open + 1, source.find(')', open) - open - 1));
    text += "\n.visible .entry " + name + "(";
    std::string parameter;
    for (int i = 0; std::getline(list, parameter, ','); i++) {
      text += std::string(i == 0 ? "\n" : ",\n") + "\t.param " + parameter_type(parameter) + " "
              + name + "_param_" + std::to_string(i);
    }
    text += "\n)\n.maxntid 256, 1, 1\n{\n\tret;\n}\n";
  }
  return text;
}

std::string refused_option(const std::vector<std::string>& options) {
  for (const std::string& option : options) {
    bool known = option.rfind("--gpu-architecture=compute_", 0) == 0 || option == "--std=c++17"
                 || option == "--std=c++20" || option == "--fmad=false" || option == "--fmad=true";
    if (!known) {
      return option;
    }
    if (option.rfind("--gpu-architecture=compute_", 0) == 0
        && std::atoi(option.c_str() + std::strlen("--gpu-architecture=compute_")) < 75) {
      return option;
    }
  }
  return "";
}

// The compiler's exit status; what it says goes to the log. NVRTC needs no programs, so g++ finds
// its own wherever this process looks for programs.
int run(const std::string& command, std::string& log) {
  std::string path = fs::path(CUEMU_NVRTC_COMPILER).parent_path().string() + ":/usr/bin:/bin";
  std::FILE* pipe = popen(("PATH='" + path + "' " + command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    log += "no process: " + command;
    return 1;
  }
  char line[1024];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    log += line;
  }
  return pclose(pipe);
}

// The emulator's library lies beside this one.
fs::path driver() {
  Dl_info self;
  dladdr(reinterpret_cast<const void*>(&is_program), &self);
  return fs::path(self.dli_fname).parent_path() / "libcuda.so.1";
}

// Compiles into the folder and moves the library to its place at once, so that others see it whole.
bool build(Program& program, const fs::path& library) {
  std::string made = (fs::path(CUEMU_NVRTC_FOLDER) / "compile-XXXXXX").string();
  fs::create_directories(CUEMU_NVRTC_FOLDER);
  if (mkdtemp(made.data()) == nullptr) {
    program.log = "no folder to compile in";
    return false;
  }
  fs::path folder = made;
  for (const auto& [name, text] : program.headers) {
    write(folder / name, text);
  }
  write(folder / "source.cu", program.source);
  std::string unit = "#include \"cuda_emu.h\"\n#include \"cuda_emu/registration.h\"\nnamespace {\n"
                     "#include \"source.cu\"\n}\n";
  for (const std::string& name : kernels(program.source)) {
    unit += "CUEMU_KERNEL(" + name + ", \"" + program.name + "\")\n";
  }
  unit += "__attribute__((section(\"cuemu_shared\"), used)) static char none[16];\n"
          "extern \"C\" char __start_cuemu_shared[] __attribute__((visibility(\"hidden\")));\n"
          "extern \"C\" char __stop_cuemu_shared[] __attribute__((visibility(\"hidden\")));\n"
          "__attribute__((constructor)) static void tell() {\n"
          "  cuemu_register_shared(__start_cuemu_shared, __stop_cuemu_shared);\n}\n";
  write(folder / "unit.cpp", unit);
  auto quoted = [](const fs::path& path) { return " '" + path.string() + "'"; };
  std::string compile = std::string(CUEMU_NVRTC_COMPILER) + " " + CUEMU_NVRTC_FLAGS + " -I"
                        + quoted(CUEMU_NVRTC_SOURCES).substr(1) + " -I" + quoted(folder).substr(1)
                        + " -c" + quoted(folder / "unit.cpp") + " -o" + quoted(folder / "unit.o");
  // What kernels call is in the driver's library, which is needed by name only.
  std::string link = std::string(CUEMU_NVRTC_COMPILER) + " -shared -Wl,--no-as-needed"
                     + quoted(folder / "unit.o") + quoted(driver()) + " -o"
                     + quoted(folder / "kernels.so");
  bool done = run(compile, program.log) == 0 && run(link, program.log) == 0;
  if (done) {
    fs::rename(folder / "kernels.so", library);
  }
  fs::remove_all(folder);
  return done;
}
}  // namespace

#define API extern "C" CUEMU_EXPORT int

API nvrtcVersion(int* major, int* minor) {
  if (major == nullptr || minor == nullptr) {
    return INVALID_INPUT;
  }
  *major = CUEMU_CUDA_MAJOR;
  *minor = 0;
  return SUCCESS;
}

API nvrtcCreateProgram(
    Program** out, const char* source, const char* name, int count, const char* const* headers,
    const char* const* names) {
  if (out == nullptr || source == nullptr || count < 0
      || (count > 0 && (headers == nullptr || names == nullptr))) {
    return INVALID_INPUT;
  }
  if (int refusal = cuemu::library::refusal("nvrtcCreateProgram")) {
    return refusal;
  }
  auto* program = new Program;
  program->source = source;
  program->name = name == nullptr ? "default_program" : name;
  for (int i = 0; i < count; i++) {
    program->headers[names[i]] = headers[i];
  }
  std::lock_guard<std::mutex> guard(lock);
  programs.insert(program);
  *out = program;
  return SUCCESS;
}

API nvrtcDestroyProgram(Program** program) {
  std::lock_guard<std::mutex> guard(lock);
  if (program == nullptr || programs.erase(*program) == 0) {
    return INVALID_PROGRAM;
  }
  delete *program;
  *program = nullptr;
  return SUCCESS;
}

API nvrtcCompileProgram(Program* program, int count, const char* const* texts) {
  std::lock_guard<std::mutex> guard(lock);
  if (!is_program(program)) {
    return INVALID_PROGRAM;
  }
  std::vector<std::string> options(texts, texts + count);
  std::string refused = refused_option(options);
  if (!refused.empty()) {
    program->log = "nvrtc: error: invalid value or option " + refused;
    return INVALID_OPTION;
  }
  std::string all = program->source + CUEMU_NVRTC_COMPILER + CUEMU_NVRTC_DIGEST;
  for (const auto& [name, text] : program->headers) {
    all += name + text;
  }
  std::stringstream file;
  file << "kernels-" << std::hex << std::hash<std::string>{}(all) << ".so";
  fs::path library = fs::path(CUEMU_NVRTC_FOLDER) / file.str();
  if (!fs::exists(library) && !build(*program, library)) {
    return COMPILATION;
  }
  program->ptx = ptx(program->source, library.string());
  program->compiled = true;
  return SUCCESS;
}

namespace {
int size_of(Program* program, const std::string Program::* text, std::size_t* size) {
  std::lock_guard<std::mutex> guard(lock);
  if (!is_program(program)) {
    return INVALID_PROGRAM;
  }
  *size = (program->*text).size() + 1;
  return SUCCESS;
}

int copy_of(Program* program, const std::string Program::* text, char* to) {
  std::lock_guard<std::mutex> guard(lock);
  if (!is_program(program)) {
    return INVALID_PROGRAM;
  }
  std::memcpy(to, (program->*text).c_str(), (program->*text).size() + 1);
  return SUCCESS;
}
}  // namespace

API nvrtcGetProgramLogSize(Program* program, std::size_t* size) {
  return size_of(program, &Program::log, size);
}
API nvrtcGetProgramLog(Program* program, char* log) { return copy_of(program, &Program::log, log); }
API nvrtcGetPTXSize(Program* program, std::size_t* size) {
  return size_of(program, &Program::ptx, size);
}
API nvrtcGetPTX(Program* program, char* ptx) { return copy_of(program, &Program::ptx, ptx); }
