// Formulas that have no kernel of their own, because there is no NVRTC to compile one: byte code,
// executed for four neighbouring elements at once. The functions are those of printed kernels, in
// the same order, so the results are the same bits.
#include "../formula.cuh"

// Known to dev.lamina.cuda.formula.ByteCode.
constexpr int W = 4;
constexpr int PLACES = 16;
constexpr int REGISTERS = 48;
constexpr int UNIFORM = 256;

// As the constants of dev.lamina.cuda.formula.Opcode, in their order.
enum Opcode {
  CONSTANT, READ, POSITION, BEFORE, DRAW,
  NEGATE, ABS, SIGN, FLOOR, SQRT, RSQRT, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF,
  ADD, SUBTRACT, MULTIPLY, DIVIDE, MINIMUM, MAXIMUM, POWER,
  LESS, LESS_EQUAL, EQUAL, NOT_EQUAL,
  FMA, SELECT, ROUND, STORE, RAISE
};

// As the constants of DType, in their order.
enum Type { FP32, FP64, BF16, INT32, UINT8 };

// As the constants of Kind, in their order.
enum Kind { FULL, ROW, COLUMN, SINGLE };

// In the place of a RAISE's kind: to the number of elements from this one to the end.
constexpr int REST = 1;

// What `code` does: to is a register, or where the number is the same for all elements its place;
// a, b, c are registers, from REGISTERS on places of numbers that are the same for all elements; or
// what the opcode says.
struct alignas(16) Instruction {
  unsigned short code;
  unsigned short type;
  unsigned short kind;
  unsigned short to;
  unsigned short a;
  unsigned short b;
  unsigned short c;
  unsigned short unused;
};

template <class T>
__device__ __forceinline__ T fetch(const void* p, int type, idx at) {
  switch (type) {
    case FP32: return Convert<T>::from(static_cast<const float*>(p)[at]);
    case FP64: return Convert<T>::from(static_cast<const double*>(p)[at]);
    case BF16: return Convert<T>::from(static_cast<const bf16*>(p)[at]);
    case INT32: return Convert<T>::from(static_cast<const int*>(p)[at]);
    default: return Convert<T>::from(static_cast<const unsigned char*>(p)[at]);
  }
}

template <class T>
__device__ __forceinline__ void put(void* p, int type, idx at, T x) {
  switch (type) {
    case FP32: static_cast<float*>(p)[at] = Convert<float>::from(x); break;
    case FP64: static_cast<double*>(p)[at] = Convert<double>::from(x); break;
    case BF16: static_cast<bf16*>(p)[at] = Convert<bf16>::from(x); break;
    case INT32: static_cast<int*>(p)[at] = Convert<int>::from(x); break;
    default: static_cast<unsigned char*>(p)[at] = Convert<unsigned char>::from(x); break;
  }
}

__device__ __forceinline__ void raise(void* p, int type, int at, double value) {
  switch (type) {
    case FP32: raise(static_cast<float*>(p) + at, value); break;
    case FP64: raise(static_cast<double*>(p) + at, value); break;
    default: raise(static_cast<int*>(p) + at, value); break;
  }
}

template <class T>
__device__ __forceinline__ T rounded(int type, T x) {
  switch (type) {
    case FP32: return round_to<float>(x);
    case FP64: return round_to<double>(x);
    case BF16: return round_to<bf16>(x);
    case INT32: return round_to<int>(x);
    default: return round_to<unsigned char>(x);
  }
}

// What an opcode makes of numbers; conditions are 0 and 1.
template <class T>
__device__ __forceinline__ T compute(const Instruction& i, T a, T b, T c) {
  switch (i.code) {
    case NEGATE: return -a;
    case ABS: return abs_of(a);
    case SIGN: return sign_of(a);
    case FLOOR: return floor_of(a);
    case SQRT: return sqrt_of(a);
    case RSQRT: return rsqrt_of(a);
    case EXP: return exp_of(a);
    case EXPM1: return expm1_of(a);
    case LOG: return log_of(a);
    case LOG1P: return log1p_of(a);
    case TANH: return tanh_of(a);
    case SIGMOID: return sigmoid_of(a);
    case ERF: return erf_of(a);
    case ADD: return a + b;
    case SUBTRACT: return a - b;
    case MULTIPLY: return a * b;
    case DIVIDE: return a / b;
    case MINIMUM: return min_of(a, b);
    case MAXIMUM: return max_of(a, b);
    case POWER: return power_of(a, b);
    case LESS: return a < b;
    case LESS_EQUAL: return a <= b;
    case EQUAL: return a == b;
    case NOT_EQUAL: return a != b;
    case FMA: return fma_of(a, b, c);
    case SELECT: return a != 0 ? b : c;
    default: return rounded(i.type, a);
  }
}

// The formula's byte code: `common` instructions for numbers that are the same for all elements,
// then `own` for those of each element. skip is the place of the condition to skip, or -1.
template <class T>
__device__ __forceinline__ void interpret(
    const Instruction* code, const double* constants, int common, int own, int skip,
    void* const* places, double* numbers, T* uniform, idx m, idx n) {
  if (threadIdx.x == 0) {
#pragma unroll 1
    for (int k = 0; k < common; k++) {
      const Instruction i = code[k];
      double x;
      switch (i.code) {
        case CONSTANT: x = constants[i.a]; break;
        case READ: x = fetch<double>(places[i.a], i.type, i.b); break;
        default: x = compute<double>(i, numbers[i.a], numbers[i.b], numbers[i.c]); break;
      }
      numbers[i.to] = x;
      uniform[i.to] = (T) x;
    }
  }
  __syncthreads();
  if (skip >= 0 && numbers[skip] != 0) {
    return;
  }
  const idx count = m * n;
#pragma unroll 1
  for (idx e = thread_number() * W; e < count; e += thread_count() * W) {
    const int lanes = (int) (count - e < W ? count - e : W);
    idx row[W];
    idx column[W];
    row[0] = e / n;
    column[0] = e - row[0] * n;
#pragma unroll
    for (int k = 1; k < W; k++) {
      const bool ends = column[k - 1] + 1 == n;
      row[k] = ends ? row[k - 1] + 1 : row[k - 1];
      column[k] = ends ? 0 : column[k - 1] + 1;
    }
    T registers[REGISTERS][W];
#pragma unroll 1
    for (int at = common; at < common + own; at++) {
      const Instruction i = code[at];
      switch (i.code) {
        case READ:
#pragma unroll
          for (int k = 0; k < W; k++) {
            if (k < lanes) {
              registers[i.to][k] = fetch<T>(
                  places[i.a], i.type, i.kind == FULL ? e + k : i.kind == ROW ? column[k] : row[k]);
            }
          }
          break;
        case POSITION:
#pragma unroll
          for (int k = 0; k < W; k++) {
            registers[i.to][k] = (T) (i.a == 0 ? row[k] : i.a == 1 ? column[k] : e + k);
          }
          break;
        case BEFORE:
#pragma unroll
          for (int k = 0; k < W; k++) {
            registers[i.to][k] = e + k < (idx) constants[i.a];
          }
          break;
        case DRAW: {
          unsigned words[W];
          draw<W>(words, static_cast<const int*>(places[i.a]), (unsigned) (int) constants[i.b], e);
#pragma unroll
          for (int k = 0; k < W; k++) {
            registers[i.to][k] = (T) (words[k] >> 8) * (T) 0x1p-24;
          }
          break;
        }
        default: {
          T a[W];
          T b[W];
          T c[W];
          auto take = [&](T* to, int from) {
#pragma unroll
            for (int k = 0; k < W; k++) {
              to[k] = from < REGISTERS ? registers[from][k] : uniform[from - REGISTERS];
            }
          };
          take(a, i.a);
          if (i.code == STORE || i.code == RAISE) {
#pragma unroll
            for (int k = 0; k < W; k++) {
              if (k < lanes && i.code == STORE) {
                put<T>(places[i.b], i.type, e + k, a[k]);
              } else if (k < lanes && a[k] != 0) {
                const double rest = (double) (count - e - k);
                raise(places[i.b], i.type, i.c, i.kind == REST ? rest : numbers[i.to]);
              }
            }
            break;
          }
          take(b, i.b);
          take(c, i.c);
#pragma unroll 1
          for (int k = 0; k < lanes; k++) { // not unrolled: it is all functions
            registers[i.to][k] = compute<T>(i, a[k], b[k], c[k]);
          }
        }
      }
    }
  }
}

// Compiled once for each type that is computed in, as the files in floating/ are for theirs.
#ifdef STORAGE_F64
typedef double real;
#define INTERPRET interpret_f64
#else
typedef float real;
#define INTERPRET interpret_f32
#endif

PLAIN_KERNEL(INTERPRET)(
    const Instruction* code, const double* constants, int common, int own, int skip, void* p0,
    void* p1, void* p2, void* p3, void* p4, void* p5, void* p6, void* p7, void* p8, void* p9,
    void* p10, void* p11, void* p12, void* p13, void* p14, void* p15, idx m, idx n) {
  __shared__ double numbers[UNIFORM];
  __shared__ real uniform[UNIFORM];
  void* const places[PLACES] = {
      p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15};
  interpret<real>(code, constants, common, own, skip, places, numbers, uniform, m, n);
}
