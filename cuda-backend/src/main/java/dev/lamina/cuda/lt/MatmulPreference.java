package dev.lamina.cuda.lt;

/** What to ask of an algorithm. Without more it may use no workspace at all. */
public final class MatmulPreference extends NativeObject {
  MatmulPreference(CublasLt library, long address) {
    super(library, address);
  }

  /** Sets how much workspace there is. */
  public MatmulPreference maxWorkspaceBytes(long bytes) {
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.MAX_WORKSPACE_BYTES, bytes);
    return this;
  }

  /** Allows these ways of summing the parts of a split product, and no others. */
  public MatmulPreference reductionSchemes(ReductionScheme... schemes) {
    int mask = 0;
    for (ReductionScheme scheme : schemes) {
      mask |= scheme.value();
    }
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.REDUCTION_SCHEME_MASK, mask);
    return this;
  }

  /** Promises that the matrices start at multiples of so many bytes. */
  public MatmulPreference minAlignment(int a, int b, int c, int d) {
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.MIN_ALIGNMENT_A_BYTES, a);
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.MIN_ALIGNMENT_B_BYTES, b);
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.MIN_ALIGNMENT_C_BYTES, c);
    set(LtFunction.PREFERENCE_SET, MatmulPreferenceAttribute.MIN_ALIGNMENT_D_BYTES, d);
    return this;
  }

  @Override
  void destroy(long address) {
    library.destroy(LtFunction.PREFERENCE_DESTROY, this, address);
  }

  @Override
  public String toString() {
    return "matmul preference";
  }
}
