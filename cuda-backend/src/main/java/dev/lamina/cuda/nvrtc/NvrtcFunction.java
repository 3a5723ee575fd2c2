package dev.lamina.cuda.nvrtc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/** NVRTC's functions and their arguments; each answers an nvrtcResult. */
enum NvrtcFunction {
  VERSION("nvrtcVersion", status(ADDRESS, ADDRESS)),
  CREATE(
      "nvrtcCreateProgram",
      status(
          ADDRESS, // the program that is made
          ADDRESS, // its source
          ADDRESS, // its name
          JAVA_INT, // how many headers
          ADDRESS, // their sources
          ADDRESS)), // their names
  DESTROY("nvrtcDestroyProgram", status(ADDRESS)),
  COMPILE("nvrtcCompileProgram", status(ADDRESS, JAVA_INT, ADDRESS)),
  LOG_SIZE("nvrtcGetProgramLogSize", status(ADDRESS, ADDRESS)),
  LOG("nvrtcGetProgramLog", status(ADDRESS, ADDRESS)),
  PTX_SIZE("nvrtcGetPTXSize", status(ADDRESS, ADDRESS)),
  PTX("nvrtcGetPTX", status(ADDRESS, ADDRESS));

  private final String symbol;
  private final FunctionDescriptor descriptor;

  NvrtcFunction(String symbol, FunctionDescriptor descriptor) {
    this.symbol = symbol;
    this.descriptor = descriptor;
  }

  private static FunctionDescriptor status(MemoryLayout... arguments) {
    return FunctionDescriptor.of(JAVA_INT, arguments);
  }

  String symbol() {
    return symbol;
  }

  FunctionDescriptor descriptor() {
    return descriptor;
  }
}
