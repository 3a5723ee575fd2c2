package dev.lamina.cuda.lt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cuBLASLt that writes down its calls as text and answers a chosen status: native functions that
 * call back into Java, so that each argument is seen as C would see it.
 */
final class FakeCublasLt {
  final List<String> calls = new ArrayList<>();
  final Map<LtFunction, Integer> answers = new EnumMap<>(LtFunction.class);
  private final Map<String, MemorySegment> symbols = new HashMap<>();
  private boolean doubles;
  private long next = 100;

  @SuppressWarnings("restricted") // native stubs are what this class is for
  FakeCublasLt(Arena arena) throws ReflectiveOperationException {
    MethodHandle call =
        MethodHandles.lookup()
            .findVirtual(
                FakeCublasLt.class,
                "call",
                MethodType.methodType(Object.class, LtFunction.class, Object[].class));
    for (LtFunction function : LtFunction.values()) {
      MethodType type = function.descriptor().toMethodType();
      MethodHandle target =
          call.bindTo(this)
              .bindTo(function)
              .asCollector(Object[].class, type.parameterCount())
              .asType(type);
      symbols.put(
          function.symbol(),
          Linker.nativeLinker().upcallStub(target, function.descriptor(), arena));
    }
  }

  SymbolLookup lookup() {
    return name -> Optional.ofNullable(symbols.get(name));
  }

  void remove(LtFunction function) {
    symbols.remove(function.symbol());
  }

  // Must not throw: an exception in a call from native code ends the JVM.
  private Object call(LtFunction function, Object[] arguments) {
    if (function == LtFunction.GET_VERSION) {
      return 120605L;
    }
    int status = answers.getOrDefault(function, 0);
    calls.add(
        switch (function) {
          case CREATE, PREFERENCE_CREATE -> create(function, arguments);
          case DESC_CREATE -> {
            doubles = (int) arguments[2] == 1;
            yield create(function, arguments);
          }
          case LAYOUT_CREATE -> create(function, arguments);
          case DESC_SET, LAYOUT_SET, PREFERENCE_SET -> set(function, arguments);
          case HEURISTIC -> heuristic(arguments);
          case MATMUL -> matmul(arguments);
          default -> function + " " + List.of(arguments);
        });
    return status;
  }

  private String create(LtFunction function, Object[] arguments) {
    segment(arguments[0], 8).set(JAVA_LONG, 0, next);
    StringBuilder text = new StringBuilder(function + " -> " + next++);
    for (int i = 1; i < arguments.length; i++) {
      text.append(' ').append(arguments[i]);
    }
    return text.toString();
  }

  private static String set(LtFunction function, Object[] arguments) {
    long bytes = (long) arguments[3];
    MemorySegment value = segment(arguments[2], bytes);
    long number = bytes == 4 ? value.get(JAVA_INT, 0) : value.get(JAVA_LONG, 0);
    return function + " " + arguments[0] + " " + arguments[1] + " = " + number + " of " + bytes;
  }

  private static String heuristic(Object[] arguments) {
    StringBuilder text = new StringBuilder("HEURISTIC");
    for (int i = 0; i < 8; i++) {
      text.append(' ').append(arguments[i]);
    }
    int wanted = (int) arguments[7];
    MemorySegment results = segment(arguments[8], 96L * wanted);
    int returned = Math.min(wanted, 3);
    for (int i = 0; i < returned; i++) {
      MemorySegment result = results.asSlice(96L * i, 96);
      result.asSlice(0, 64).fill((byte) (i + 1));
      result.set(JAVA_LONG, 64, 1024L * i);
      result.set(JAVA_INT, 72, i == 1 ? 15 : 0);
      result.set(JAVA_FLOAT, 76, i + 0.5f);
    }
    segment(arguments[9], 4).set(JAVA_INT, 0, returned);
    return text.toString();
  }

  private String matmul(Object[] arguments) {
    StringBuilder text = new StringBuilder("MATMUL");
    for (int i = 0; i < arguments.length; i++) {
      text.append(' ')
          .append(
              switch (i) {
                case 2, 7 ->
                    doubles
                        ? "double " + segment(arguments[i], 8).get(JAVA_DOUBLE, 0)
                        : "float " + segment(arguments[i], 4).get(JAVA_FLOAT, 0);
                case 12 ->
                    HexFormat.of()
                        .formatHex(segment(arguments[i], 64).toArray(JAVA_BYTE))
                        .substring(0, 4);
                default -> arguments[i];
              });
    }
    return text.toString();
  }

  @SuppressWarnings("restricted") // the caller's memory, of a size that the function knows
  private static MemorySegment segment(Object pointer, long bytes) {
    return ((MemorySegment) pointer).reinterpret(bytes);
  }
}
