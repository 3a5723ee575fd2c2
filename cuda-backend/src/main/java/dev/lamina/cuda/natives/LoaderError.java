package dev.lamina.cuda.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Why the loader refuses a library. Java's own error only names the file. */
final class LoaderError {
  private static final int RTLD_LAZY = 1;

  private LoaderError() {}

  /** Tries once more and asks the loader; empty where it cannot be asked. */
  @SuppressWarnings("restricted") // the text of an error lies in the loader's memory
  static Optional<String> of(Path library) {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open = handle("dlopen", ADDRESS, ADDRESS, JAVA_INT);
      MethodHandle error = handle("dlerror", ADDRESS);
      MemorySegment name = arena.allocateFrom(library.toString());
      MemorySegment opened = (MemorySegment) open.invokeExact(name, RTLD_LAZY);
      if (opened.address() != 0) {
        return Optional.empty();
      }
      MemorySegment text = (MemorySegment) error.invokeExact();
      return text.address() == 0
          ? Optional.empty()
          : Optional.of(text.reinterpret(Long.MAX_VALUE).getString(0));
    } catch (NoSuchElementException e) {
      return Optional.empty(); // a C library without these names
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted") // functions of the C library with their right arguments
  private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }
}
