package dev.lamina.tensor;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Memory;
import dev.lamina.backend.Operand;
import dev.lamina.type.DType;
import dev.lamina.type.ShapeException;
import dev.lamina.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A lifetime of tensors, after {@link java.lang.foreign.Arena}: closing it frees all of them, in
 * the order of the device's work. An arena that was forgotten is reported, not closed.
 *
 * {@snippet :
 * try (Backend backend = Backends.open("auto");
 *     TensorArena arena = TensorArena.open("scratch", backend)) {
 *   Tensor a = arena.of(new float[] {1, 2, 3, 4}, 2, 2);
 *   float[] product = a.matmul(a.transpose()).toFloats();
 * }
 * }
 */
public final class TensorArena implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What the cleaner looks at: it must not refer to the arena itself. */
  private static final class State implements Runnable {
    private final String name;
    private final List<Memory> memories = new ArrayList<>();
    private boolean closed;

    State(String name) {
      this.name = name;
    }

    @Override
    public void run() {
      if (!closed && !memories.isEmpty()) {
        long bytes = memories.stream().mapToLong(Memory::byteSize).sum();
        System.getLogger(TensorArena.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "arena {0} was forgotten with {1} tensors of {2} bytes; close it",
                name,
                memories.size(),
                bytes);
      }
    }
  }

  private final Backend backend;
  private final State state;

  private TensorArena(String name, Backend backend) {
    this.backend = backend;
    this.state = new State(name);
    CLEANER.register(this, state);
  }

  /** A new, empty arena. */
  public static TensorArena open(String name, Backend backend) {
    return new TensorArena(name, backend);
  }

  /** The arena's name, for messages. */
  public String name() {
    return state.name;
  }

  /** Where its tensors are. */
  public Backend backend() {
    return backend;
  }

  /** A tensor of undefined content. */
  public Tensor empty(TensorType type) {
    checkOpen("a new tensor");
    Memory memory = backend.allocate(state.name + " " + type, type.bytes());
    state.memories.add(memory);
    return new DeviceTensor(this, new Operand(memory, 0, type), false);
  }

  /** A tensor of host memory (heap or native) of exactly its size, row-major. */
  public Tensor of(MemorySegment source, TensorType type) {
    type.checkHost("a new tensor in " + state.name, source);
    Tensor tensor = empty(type);
    tensor.write(source);
    return tensor;
  }

  /** An FP32 tensor of an array, row-major. */
  public Tensor of(float[] source, long... extents) {
    return of(MemorySegment.ofArray(source), TensorType.of(DType.FP32, extents));
  }

  /** An FP64 tensor of an array, row-major. */
  public Tensor of(double[] source, long... extents) {
    return of(MemorySegment.ofArray(source), TensorType.of(DType.FP64, extents));
  }

  /** An INT32 tensor of an array, row-major. */
  public Tensor of(int[] source, long... extents) {
    return of(MemorySegment.ofArray(source), TensorType.of(DType.INT32, extents));
  }

  /** A UINT8 tensor of an array, row-major. */
  public Tensor of(byte[] source, long... extents) {
    return of(MemorySegment.ofArray(source), TensorType.of(DType.UINT8, extents));
  }

  /** A tensor of a buffer's remaining elements, row-major: FP32, FP64, INT32, or UINT8 of bytes. */
  public Tensor of(Buffer source, long... extents) {
    DType dtype =
        switch (source) {
          case FloatBuffer b -> DType.FP32;
          case DoubleBuffer b -> DType.FP64;
          case IntBuffer b -> DType.INT32;
          case ByteBuffer b -> DType.UINT8;
          default ->
              throw new ShapeException(
                  "tensor of a "
                      + source.getClass().getSimpleName()
                      + ": expected a buffer of floats, doubles, ints or bytes");
        };
    return of(MemorySegment.ofBuffer(source), TensorType.of(dtype, extents));
  }

  /** A tensor whose elements are all one value. */
  public Tensor full(double value, TensorType type) {
    return ((DeviceTensor) empty(type)).fill(value);
  }

  /** A tensor of zeros. */
  public Tensor zeros(TensorType type) {
    return full(0, type);
  }

  /** A tensor of ones. */
  public Tensor ones(TensorType type) {
    return full(1, type);
  }

  /**
   * The numbers start, start + step, ... below end (above, for a negative step), as NumPy's arange.
   *
   * @return [n] of a floating type or INT32
   */
  public Tensor range(double start, double end, double step, DType dtype) {
    double count = Math.ceil((end - start) / step);
    if (!(count >= 1) || count > Integer.MAX_VALUE) {
      throw new ShapeException(
          "range from " + start + " to " + end + " by " + step + " has " + count + " numbers");
    }
    double[] numbers = new double[(int) count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = start + i * step;
    }
    return HostArrays.of(this, numbers, TensorType.of(dtype, numbers.length));
  }

  /** Frees all its tensors; closing twice does nothing. */
  @Override
  public void close() {
    if (!state.closed) {
      state.closed = true;
      state.memories.forEach(Memory::close);
      state.memories.clear();
    }
  }

  /** Fails if the arena is closed, with the name of the tensor that was used. */
  void checkOpen(String user) {
    if (state.closed) {
      throw new IllegalStateException(user + " was used after its arena " + state.name + " closed");
    }
  }
}
