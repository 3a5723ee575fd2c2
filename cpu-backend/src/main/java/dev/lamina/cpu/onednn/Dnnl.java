package dev.lamina.cpu.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The functions of oneDNN's C API that Lamina calls, with the constants of its version 3 headers,
 * whose values are part of its binary interface. Touch only when {@link DnnlLibrary#status()} says
 * that it is usable.
 */
@SuppressWarnings("restricted") // every native function is in this file or DnnlLibrary
final class Dnnl {
  static final int F32 = 3;
  static final int ARG_SRC = 1;
  static final int ARG_SRC_1 = 2;
  static final int ARG_DST = 17;
  static final int ARG_WEIGHTS = 33;
  static final int ARG_BIAS = 41;
  static final int ARG_SCRATCHPAD = 80;

  private static final int CPU = 1;
  private static final int STREAM_IN_ORDER = 1;
  private static final int SCRATCHPAD_USER = 1;
  private static final int ELTWISE_LINEAR = 0x26;
  private static final int BINARY_ADD = 0x1fff0;
  private static final int ARG_POST_OP_BASE = 0x8000;
  private static final int QUERY_IMPLEMENTATION = 8;
  private static final int QUERY_SCRATCHPAD = 136;

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle VERSION = handle("dnnl_version", ADDRESS);
  private static final MethodHandle ENGINE_CREATE =
      status("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle STREAM_CREATE =
      status("dnnl_stream_create", ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle STREAM_DESTROY = status("dnnl_stream_destroy", ADDRESS);
  private static final MethodHandle MEMORY_DESC_CREATE =
      status("dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle MEMORY_DESC_SIZE =
      handle("dnnl_memory_desc_get_size", JAVA_LONG, ADDRESS);
  private static final MethodHandle MEMORY_DESC_DESTROY =
      status("dnnl_memory_desc_destroy", ADDRESS);
  private static final MethodHandle MEMORY_CREATE =
      status("dnnl_memory_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle MEMORY_DESTROY = status("dnnl_memory_destroy", ADDRESS);
  private static final MethodHandle ATTR_CREATE = status("dnnl_primitive_attr_create", ADDRESS);
  private static final MethodHandle ATTR_DESTROY = status("dnnl_primitive_attr_destroy", ADDRESS);
  private static final MethodHandle ATTR_SET_SCRATCHPAD =
      status("dnnl_primitive_attr_set_scratchpad_mode", ADDRESS, JAVA_INT);
  private static final MethodHandle ATTR_SET_POST_OPS =
      status("dnnl_primitive_attr_set_post_ops", ADDRESS, ADDRESS);
  private static final MethodHandle POST_OPS_CREATE = status("dnnl_post_ops_create", ADDRESS);
  private static final MethodHandle POST_OPS_DESTROY = status("dnnl_post_ops_destroy", ADDRESS);
  private static final MethodHandle POST_OPS_ELTWISE =
      status("dnnl_post_ops_append_eltwise", ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT);
  private static final MethodHandle POST_OPS_SUM =
      status("dnnl_post_ops_append_sum", ADDRESS, JAVA_FLOAT, JAVA_INT, JAVA_INT);
  private static final MethodHandle POST_OPS_BINARY =
      status("dnnl_post_ops_append_binary", ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle MATMUL_CREATE =
      status(
          "dnnl_matmul_primitive_desc_create",
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          ADDRESS);
  private static final MethodHandle DESC_QUERY =
      status("dnnl_primitive_desc_query", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle DESC_QUERY_MEMORY =
      handle("dnnl_primitive_desc_query_md", ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle DESC_DESTROY = status("dnnl_primitive_desc_destroy", ADDRESS);
  private static final MethodHandle PRIMITIVE_CREATE =
      status("dnnl_primitive_create", ADDRESS, ADDRESS);
  private static final MethodHandle PRIMITIVE_DESTROY = status("dnnl_primitive_destroy", ADDRESS);
  private static final MethodHandle EXECUTE =
      status("dnnl_primitive_execute", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle OMP_SET_NUM_THREADS =
      LINKER.downcallHandle(
          DnnlLibrary.symbols().findOrThrow("omp_set_num_threads"),
          FunctionDescriptor.ofVoid(JAVA_INT));

  private static final MemorySegment ENGINE = createEngine();

  private Dnnl() {}

  private static MethodHandle status(String name, MemoryLayout... arguments) {
    return handle(name, JAVA_INT, arguments);
  }

  private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        DnnlLibrary.symbols().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private static void check(String function, int status) {
    if (status != 0) {
      String name =
          switch (status) {
            case 1 -> throw new OutOfMemoryError("oneDNN: " + function);
            case 2 -> "invalid arguments";
            case 3 -> "unimplemented";
            default -> "status " + status;
          };
      throw new DnnlException(function + ": " + name, status == 3);
    }
  }

  private static RuntimeException rethrow(Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      return e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(thrown); // downcalls throw nothing else
  }

  private static MemorySegment createEngine() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check("dnnl_engine_create", (int) ENGINE_CREATE.invokeExact(out, CPU, 0L));
      return out.get(ADDRESS, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** The library's version, for example {@code 3.11.0}. */
  static String version() {
    try {
      MemorySegment version = ((MemorySegment) VERSION.invokeExact()).reinterpret(12);
      return version.getAtIndex(JAVA_INT, 0)
          + "."
          + version.getAtIndex(JAVA_INT, 1)
          + "."
          + version.getAtIndex(JAVA_INT, 2);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** Lets the calling thread compute alone; the number is kept per thread by libgomp. */
  static void singleThreaded() {
    try {
      OMP_SET_NUM_THREADS.invokeExact(1);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static MemorySegment createStream() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check("dnnl_stream_create", (int) STREAM_CREATE.invokeExact(out, ENGINE, STREAM_IN_ORDER));
      return out.get(ADDRESS, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void destroyStream(MemorySegment stream) {
    try {
      check("dnnl_stream_destroy", (int) STREAM_DESTROY.invokeExact(stream));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** The descriptor of a matrix of floats with the given distances of rows and of columns. */
  static MemorySegment createMatrix(long rows, long columns, long rowStride, long columnStride) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      MemorySegment extents = arena.allocateFrom(JAVA_LONG, rows, columns);
      MemorySegment strides = arena.allocateFrom(JAVA_LONG, rowStride, columnStride);
      check(
          "dnnl_memory_desc_create_with_strides",
          (int) MEMORY_DESC_CREATE.invokeExact(out, 2, extents, F32, strides));
      return out.get(ADDRESS, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static long sizeOf(MemorySegment descriptor) {
    try {
      return (long) MEMORY_DESC_SIZE.invokeExact(descriptor);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void destroyDescriptor(MemorySegment descriptor) {
    try {
      check("dnnl_memory_desc_destroy", (int) MEMORY_DESC_DESTROY.invokeExact(descriptor));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** A memory object over data; it is destroyed with the arena. */
  static MemorySegment createMemory(MemorySegment descriptor, MemorySegment data, Arena owner) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check("dnnl_memory_create", (int) MEMORY_CREATE.invokeExact(out, descriptor, ENGINE, data));
      return out.get(ADDRESS, 0).reinterpret(owner, Dnnl::destroyMemory);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  private static void destroyMemory(MemorySegment memory) {
    try {
      check("dnnl_memory_destroy", (int) MEMORY_DESTROY.invokeExact(memory));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /**
   * What is done to the product beside adding a bias: times {@code alpha}, plus {@code beta} times
   * what the destination held, plus a row if {@code row} is not NULL.
   */
  static MemorySegment createAttributes(float alpha, float beta, MemorySegment row) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check("dnnl_primitive_attr_create", (int) ATTR_CREATE.invokeExact(out));
      MemorySegment attributes = out.get(ADDRESS, 0);
      check(
          "dnnl_primitive_attr_set_scratchpad_mode",
          (int) ATTR_SET_SCRATCHPAD.invokeExact(attributes, SCRATCHPAD_USER));
      check("dnnl_post_ops_create", (int) POST_OPS_CREATE.invokeExact(out));
      MemorySegment operations = out.get(ADDRESS, 0);
      if (alpha != 1) {
        check(
            "dnnl_post_ops_append_eltwise",
            (int) POST_OPS_ELTWISE.invokeExact(operations, ELTWISE_LINEAR, alpha, 0f));
      }
      if (beta != 0) {
        check("dnnl_post_ops_append_sum", (int) POST_OPS_SUM.invokeExact(operations, beta, 0, F32));
      }
      if (row.address() != 0) {
        check(
            "dnnl_post_ops_append_binary",
            (int) POST_OPS_BINARY.invokeExact(operations, BINARY_ADD, row));
      }
      check(
          "dnnl_primitive_attr_set_post_ops",
          (int) ATTR_SET_POST_OPS.invokeExact(attributes, operations));
      check("dnnl_post_ops_destroy", (int) POST_OPS_DESTROY.invokeExact(operations));
      return attributes;
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void destroyAttributes(MemorySegment attributes) {
    try {
      check("dnnl_primitive_attr_destroy", (int) ATTR_DESTROY.invokeExact(attributes));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** The argument number of the second operand of a binary post-operation. */
  static int postOperand(int index) {
    return ARG_POST_OP_BASE * (index + 1) | ARG_SRC_1;
  }

  static MemorySegment createMatmul(
      MemorySegment a,
      MemorySegment b,
      MemorySegment bias,
      MemorySegment d,
      MemorySegment attributes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(
          "dnnl_matmul_primitive_desc_create",
          (int) MATMUL_CREATE.invokeExact(out, ENGINE, a, b, bias, d, attributes));
      return out.get(ADDRESS, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** The name of the implementation that oneDNN chose. */
  static String implementation(MemorySegment matmul) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(
          "dnnl_primitive_desc_query",
          (int) DESC_QUERY.invokeExact(matmul, QUERY_IMPLEMENTATION, 0, out));
      return out.get(ADDRESS, 0).reinterpret(256).getString(0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  /** A copy-free view of the scratchpad's descriptor, which lives as long as the matmul's. */
  static MemorySegment scratchpad(MemorySegment matmul) {
    try {
      return (MemorySegment) DESC_QUERY_MEMORY.invokeExact(matmul, QUERY_SCRATCHPAD, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void destroyMatmul(MemorySegment matmul) {
    try {
      check("dnnl_primitive_desc_destroy", (int) DESC_DESTROY.invokeExact(matmul));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static MemorySegment createPrimitive(MemorySegment matmul) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check("dnnl_primitive_create", (int) PRIMITIVE_CREATE.invokeExact(out, matmul));
      return out.get(ADDRESS, 0);
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void destroyPrimitive(MemorySegment primitive) {
    try {
      check("dnnl_primitive_destroy", (int) PRIMITIVE_DESTROY.invokeExact(primitive));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }

  static void execute(
      MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
    try {
      check(
          "dnnl_primitive_execute", (int) EXECUTE.invokeExact(primitive, stream, count, arguments));
    } catch (Throwable t) {
      throw rethrow(t);
    }
  }
}
