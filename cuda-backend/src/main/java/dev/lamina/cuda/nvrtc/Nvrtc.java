package dev.lamina.cuda.nvrtc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** NVRTC, bound to a loaded library. Safe for use by any number of threads. */
public final class Nvrtc {
  /** The functions that are used, by their names in the library. */
  public static final List<String> FUNCTIONS =
      Arrays.stream(NvrtcFunction.values()).map(NvrtcFunction::symbol).toList();

  private static final int SUCCESS = 0;

  /** NVRTC_ERROR_COMPILATION: the source has mistakes, which the log tells. */
  private static final int COMPILATION = 6;

  private final Map<NvrtcFunction, MethodHandle> functions = new EnumMap<>(NvrtcFunction.class);

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private Nvrtc(SymbolLookup symbols) {
    for (NvrtcFunction function : NvrtcFunction.values()) {
      MemorySegment address =
          symbols
              .find(function.symbol())
              .orElseThrow(
                  () -> new NvrtcException("the NVRTC library lacks " + function.symbol()));
      functions.put(function, Linker.nativeLinker().downcallHandle(address, function.descriptor()));
    }
  }

  /**
   * Binds every function.
   *
   * @throws NvrtcException if the library lacks one
   */
  public static Nvrtc bind(SymbolLookup library) {
    return new Nvrtc(library);
  }

  /** The library's version, for example {@code 13.0}. */
  public String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      call(NvrtcFunction.VERSION, major, minor);
      return major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
    }
  }

  /**
   * Compiles CUDA C to PTX.
   *
   * @param name of the source, for messages
   * @param headers by the names under which they are included
   * @param options as the compiler's documentation has them
   * @throws NvrtcException if the source does not compile, with the compiler's messages
   */
  public String compile(
      String source, String name, Map<String, String> headers, List<String> options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment made = arena.allocate(ADDRESS);
      List<Map.Entry<String, String>> included = List.copyOf(headers.entrySet());
      call(
          NvrtcFunction.CREATE,
          made,
          arena.allocateFrom(source),
          arena.allocateFrom(name),
          included.size(),
          strings(included.stream().map(Map.Entry::getValue).toList(), arena),
          strings(included.stream().map(Map.Entry::getKey).toList(), arena));
      MemorySegment program = made.get(ADDRESS, 0);
      try {
        int status =
            status(NvrtcFunction.COMPILE, program, options.size(), strings(options, arena));
        if (status == COMPILATION) {
          throw new NvrtcException(
              name + " does not compile:\n" + text(NvrtcFunction.LOG_SIZE, program, arena).strip());
        }
        check(NvrtcFunction.COMPILE, status);
        return text(NvrtcFunction.PTX_SIZE, program, arena);
      } finally {
        call(NvrtcFunction.DESTROY, made);
      }
    }
  }

  private static MemorySegment strings(List<String> texts, Arena arena) {
    MemorySegment pointers = arena.allocate(ADDRESS, Math.max(1, texts.size()));
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return pointers;
  }

  /** A text of the program, whose function follows that of its size. */
  private String text(NvrtcFunction ofSize, MemorySegment program, Arena arena) {
    MemorySegment size = arena.allocate(JAVA_LONG);
    call(ofSize, program, size);
    MemorySegment text = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
    call(NvrtcFunction.values()[ofSize.ordinal() + 1], program, text);
    return text.getString(0, StandardCharsets.UTF_8);
  }

  private void call(NvrtcFunction function, Object... arguments) {
    check(function, status(function, arguments));
  }

  // Not worth an exact call: a compilation takes milliseconds.
  private int status(NvrtcFunction function, Object... arguments) {
    try {
      return (int) functions.get(function).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function.symbol(), e);
    }
  }

  private static void check(NvrtcFunction function, int status) {
    if (status != SUCCESS) {
      throw new NvrtcException(function.symbol() + " answered " + describe(status));
    }
  }

  /** NVIDIA's name of an nvrtcResult, and its number. */
  private static String describe(int status) {
    String[] names = {
      "SUCCESS",
      "ERROR_OUT_OF_MEMORY",
      "ERROR_PROGRAM_CREATION_FAILURE",
      "ERROR_INVALID_INPUT",
      "ERROR_INVALID_PROGRAM",
      "ERROR_INVALID_OPTION",
      "ERROR_COMPILATION",
      "ERROR_BUILTIN_OPERATION_FAILURE"
    };
    return (status >= 0 && status < names.length ? "NVRTC_" + names[status] : "an unknown result")
        + " ("
        + status
        + ")";
  }
}
