package dev.lamina.cpu.onednn;

/**
 * A matrix product of floats, D = α·A·B + β·D + 1·bᵀ, without its operands' addresses: A [m, k], B
 * [k, n], D [m, n]. Strides are in elements; a transposed operand has its strides exchanged.
 *
 * @param bias whether a row b is added
 */
public record MatmulSpec(
    long m,
    long n,
    long k,
    long aRow,
    long aColumn,
    long bRow,
    long bColumn,
    long dRow,
    float alpha,
    float beta,
    boolean bias) {}
