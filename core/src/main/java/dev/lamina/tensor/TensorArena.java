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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 *
 * <p>A {@linkplain #temporary temporary arena} is for results that are needed for a step of a loop
 * only. It takes its memory from the arena that it is of and gives it back when it is closed, so
 * that the next one finds it there and the loop allocates nothing:
 *
 * {@snippet :
 * for (int i = 0; i < 1000; i++) {
 *   try (TensorArena step = arena.temporary()) {
 *     Tensor g = w.in(step).matmul(x).subtract(y); // of the step, as all that is computed of it
 *     w.inPlace().add(g.multiply(-0.1)); // stays
 *   }
 * }
 * }
 *
 * <p>One thread at a time may use an arena, its temporary ones and their tensors; different arenas
 * may be used by different threads, on one device too.
 */
public final class TensorArena implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What the cleaner looks at: it must not refer to the arena itself. */
  private static final class State implements Runnable {
    private final String name;
    private final ArenaMemory memory;
    private boolean closed;

    State(String name, ArenaMemory memory) {
      this.name = name;
      this.memory = memory;
    }

    @Override
    public void run() {
      if (!closed && memory.tensors() > 0) {
        System.getLogger(TensorArena.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "arena {0} was forgotten with {1} tensors in {2} bytes; close it",
                name,
                memory.tensors(),
                memory.bytes());
      }
    }
  }

  private final Backend backend;
  private final TensorArena parent;
  private final State state;
  private final Set<TensorArena> temporaries = new HashSet<>();
  private final List<Memory> spare = new ArrayList<>();

  private TensorArena(String name, Backend backend, TensorArena parent) {
    this.backend = backend;
    this.parent = parent;
    ArenaMemory memory = new ArenaMemory(name, backend, parent == null ? null : parent.spare);
    state = new State(name, memory);
    if (parent == null) {
      CLEANER.register(this, state);
    } else {
      parent.temporaries.add(this);
    }
  }

  /** A new, empty arena. */
  public static TensorArena open(String name, Backend backend) {
    return new TensorArena(name, backend, null);
  }

  /**
   * A new arena whose memory comes from this one and goes back there when it is closed, at the
   * latest with this one. Where an operation's operands belong to both, the result belongs to the
   * temporary arena, whichever the operation is called on.
   *
   * @throws IllegalStateException if this arena is closed
   */
  public TensorArena temporary() {
    checkOpen("a temporary arena");
    return new TensorArena("temporary of " + state.name, backend, this);
  }

  /** Whether this is another arena or a temporary one of it, or of one of those. */
  boolean isWithin(TensorArena other) {
    for (TensorArena arena = this; arena != null; arena = arena.parent) {
      if (arena == other) {
        return true;
      }
    }
    return false;
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
    return new DeviceTensor(this, allocate(type));
  }

  /** Room for a tensor of undefined content. */
  Operand allocate(TensorType type) {
    checkOpen("a new tensor");
    return state.memory.allocate(type);
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
    return new DeviceTensor(this, allocate(type)).fill(value);
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
      List.copyOf(temporaries).forEach(TensorArena::close);
      state.memory.release();
      if (parent != null) {
        parent.spare.addAll(spare);
        parent.temporaries.remove(this);
      } else {
        spare.forEach(Memory::close);
      }
      spare.clear();
    }
  }

  boolean isOpen() {
    return !state.closed;
  }

  /** Fails if the arena is closed, with the name of the tensor that was used. */
  void checkOpen(String user) {
    if (state.closed) {
      throw new IllegalStateException(user + " was used after its arena " + state.name + " closed");
    }
  }
}
