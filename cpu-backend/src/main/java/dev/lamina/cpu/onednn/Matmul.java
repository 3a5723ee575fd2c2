package dev.lamina.cpu.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A oneDNN primitive for a matrix product. Several threads may execute it at the same time, each
 * with operands and a scratchpad of its own: then oneDNN keeps no state in it.
 */
public final class Matmul implements AutoCloseable {
  private static final long ARGUMENT_BYTES = 16;

  private final MatmulSpec spec;
  private final MemorySegment a;
  private final MemorySegment b;
  private final MemorySegment d;
  private final MemorySegment row;
  private final MemorySegment descriptor;
  private final MemorySegment primitive;

  /** Lets oneDNN generate the code for a product. */
  private Matmul(MatmulSpec spec) {
    this.spec = spec;
    Dnnl.singleThreaded(); // primitives are made for the maker's number of threads
    a = Dnnl.createMatrix(spec.m(), spec.k(), spec.aRow(), spec.aColumn());
    b = Dnnl.createMatrix(spec.k(), spec.n(), spec.bRow(), spec.bColumn());
    d = Dnnl.createMatrix(spec.m(), spec.n(), spec.dRow(), 1);
    row = Dnnl.createMatrix(1, spec.n(), spec.n(), 1);
    MemorySegment attributes =
        Dnnl.createAttributes(spec.alpha(), spec.beta(), addsRowLast() ? row : MemorySegment.NULL);
    try {
      descriptor =
          Dnnl.createMatmul(
              a, b, spec.bias() && !addsRowLast() ? row : MemorySegment.NULL, d, attributes);
    } finally {
      Dnnl.destroyAttributes(attributes);
    }
    primitive = Dnnl.createPrimitive(descriptor);
  }

  /**
   * A primitive for a product, or null where oneDNN has no fast one on this CPU.
   *
   * @throws RuntimeException if oneDNN fails otherwise
   */
  public static Matmul create(MatmulSpec spec) {
    try {
      Matmul matmul = new Matmul(spec);
      if (matmul.implementation().startsWith("ref")) {
        matmul.close();
        return null;
      }
      return matmul;
    } catch (DnnlException e) {
      if (e.unimplemented()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * oneDNN's bias is added before α multiplies, so with another α than 1 it is added at the end.
   */
  private boolean addsRowLast() {
    return spec.bias() && spec.alpha() != 1;
  }

  /** What oneDNN calls its implementation, for example {@code brg_matmul:avx512_core}. */
  public String implementation() {
    return Dnnl.implementation(descriptor);
  }

  /** How much scratch memory an execution needs, in bytes. */
  public long scratchpadBytes() {
    return Dnnl.sizeOf(Dnnl.scratchpad(descriptor));
  }

  /** A product with its operands' addresses, ready to run. */
  public final class Call {
    private final MemorySegment arguments;
    private final int count;
    private final MemorySegment source;
    private final MemorySegment weights;
    private final MemorySegment target;
    private final MemorySegment addend;

    private Call(
        MemorySegment aData,
        MemorySegment bData,
        MemorySegment biasRow,
        MemorySegment dData,
        Arena arena) {
      count = spec.bias() ? 5 : 4;
      arguments = arena.allocate(ARGUMENT_BYTES * count, 16);
      source = Dnnl.createMemory(a, aData, arena);
      weights = Dnnl.createMemory(b, bData, arena);
      target = Dnnl.createMemory(d, dData, arena);
      addend = spec.bias() ? Dnnl.createMemory(row, biasRow, arena) : null;
      set(0, Dnnl.ARG_SRC, source);
      set(1, Dnnl.ARG_WEIGHTS, weights);
      set(2, Dnnl.ARG_DST, target);
      if (spec.bias()) {
        int number = addsRowLast() ? Dnnl.postOperand(spec.beta() == 0 ? 1 : 2) : Dnnl.ARG_BIAS;
        set(3, number, addend);
      }
      set(count - 1, Dnnl.ARG_SCRATCHPAD, MemorySegment.NULL);
    }

    private void set(int index, int number, MemorySegment memory) {
      arguments.set(JAVA_INT, index * ARGUMENT_BYTES, number);
      arguments.set(ADDRESS, index * ARGUMENT_BYTES + 8, memory);
    }

    /** Takes other operands, of the same shapes; it must not be running. */
    public void rebind(
        MemorySegment aData, MemorySegment bData, MemorySegment biasRow, MemorySegment dData) {
      Dnnl.setData(source, aData);
      Dnnl.setData(weights, bData);
      Dnnl.setData(target, dData);
      if (addend != null) {
        Dnnl.setData(addend, biasRow);
      }
    }

    /**
     * Runs it; one thread at a time may.
     *
     * @param stream a stream that no other thread uses meanwhile
     * @param scratchpad an object of {@link #scratchpad} that no other thread uses meanwhile
     */
    public void run(MemorySegment stream, MemorySegment scratchpad) {
      Dnnl.singleThreaded();
      arguments.set(ADDRESS, (count - 1) * ARGUMENT_BYTES + 8, scratchpad);
      Dnnl.execute(primitive, stream, count, arguments);
    }
  }

  /**
   * Binds operands, whose memory must stay as long as the arena or until others take its place.
   *
   * @param biasRow the row b; not read without a bias
   */
  public Call bind(
      MemorySegment aData,
      MemorySegment bData,
      MemorySegment biasRow,
      MemorySegment dData,
      Arena arena) {
    return new Call(aData, bData, biasRow, dData, arena);
  }

  /** A scratchpad object over memory of at least {@link #scratchpadBytes()} bytes. */
  public MemorySegment scratchpad(MemorySegment memory, Arena arena) {
    return Dnnl.createMemory(Dnnl.scratchpad(descriptor), memory, arena);
  }

  /** Frees the primitive; nothing may run it any more. */
  @Override
  public void close() {
    Dnnl.destroyPrimitive(primitive);
    Dnnl.destroyMatmul(descriptor);
    Dnnl.destroyDescriptor(a);
    Dnnl.destroyDescriptor(b);
    Dnnl.destroyDescriptor(d);
    Dnnl.destroyDescriptor(row);
  }
}
