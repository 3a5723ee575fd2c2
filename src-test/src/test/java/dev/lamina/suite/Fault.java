package dev.lamina.suite;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.op.Gemm;
import dev.lamina.oracle.Oracle;
import dev.lamina.oracle.Rounding;
import dev.lamina.oracle.Value;
import dev.lamina.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Mistakes that kernels are known to make, to be planted behind a right result. */
enum Fault {
  /** Every element is one unit in the last place too large. */
  ONE_ULP {
    @Override
    void plant(Call call, int run) {
      change(call, (x, i, n) -> next(x, call.outputs().getFirst().type().dtype(), 1));
    }
  },
  /** Every element is a thousand units in the last place too large. */
  THOUSAND_ULPS {
    @Override
    void plant(Call call, int run) {
      change(call, (x, i, n) -> next(x, call.outputs().getFirst().type().dtype(), 1000));
    }
  },
  /** The elements after the last whole vector are not written. */
  TAIL_LEFT_OUT {
    @Override
    void plant(Call call, int run) {
      change(call, (x, i, n) -> i >= n - n % 8 ? Double.NaN : x);
    }
  },
  /** The elements after the last whole vector are those of the elements before. */
  TAIL_REPEATED {
    @Override
    void plant(Call call, int run) {
      Operand output = call.outputs().getFirst();
      double[] data = OracleExecutable.load(output).data();
      for (int i = data.length - data.length % 8; i < data.length; i++) {
        data[i] = data[Math.max(0, i - 8)];
      }
      OracleExecutable.store(output, new Value(output.type(), data));
    }
  },
  /** NaN becomes 0, as where a maximum is taken by a comparison. */
  NAN_SWALLOWED {
    @Override
    void plant(Call call, int run) {
      change(call, (x, i, n) -> Double.isNaN(x) ? 0 : x);
    }
  },
  /** Infinities are cut to the largest number. */
  INFINITY_CLAMPED {
    @Override
    void plant(Call call, int run) {
      double largest = Rounding.largest(call.outputs().getFirst().type().dtype());
      change(call, (x, i, n) -> Math.max(-largest, Math.min(largest, x)));
    }
  },
  /** −0 becomes 0. */
  SIGN_OF_ZERO_LOST {
    @Override
    void plant(Call call, int run) {
      change(call, (x, i, n) -> x == 0 ? 0 : x);
    }
  },
  /** One byte past the end of the output is written. */
  OVERRUN {
    @Override
    void plant(Call call, int run) {
      Operand output = call.outputs().getFirst();
      byte[] bytes = OracleExecutable.bytes(output);
      int end = Math.toIntExact(output.offset() + output.type().bytes());
      if (end < bytes.length) {
        bytes[end] ^= 1;
      }
    }
  },
  /** One byte before the start of the output is written. */
  UNDERRUN {
    @Override
    void plant(Call call, int run) {
      Operand output = call.outputs().getFirst();
      if (output.offset() > 0) {
        OracleExecutable.bytes(output)[Math.toIntExact(output.offset() - 1)] ^= 1;
      }
    }
  },
  /** An input that nobody allowed to change is changed. */
  INPUT_CHANGED {
    @Override
    void plant(Call call, int run) {
      Operand input = call.inputs().getFirst();
      if (input.offset() != call.outputs().getFirst().offset()) {
        OracleExecutable.bytes(input)[Math.toIntExact(input.offset())] ^= 1;
      }
    }
  },
  /** The second run differs by a unit in the last place, as where threads race to add. */
  NOT_REPEATABLE {
    @Override
    void plant(Call call, int run) {
      DType dtype = call.outputs().getFirst().type().dtype();
      change(call, (x, i, n) -> run % 2 == 0 ? x : next(x, dtype, 1));
    }
  },
  /** The factors of a product are cut to the 10 bits of TF32. */
  REDUCED_PRECISION {
    @Override
    void plant(Call call, int run) {
      if (call.op() instanceof Gemm) {
        List<Value> inputs =
            call.inputs().stream().map(OracleExecutable::load).map(Fault::tf32).toList();
        OracleExecutable.store(
            call.outputs().getFirst(), Oracle.run(call.op(), inputs).outputs().getFirst().value());
      }
    }
  },
  /** What the operation should update stays as it was. */
  UPDATE_FORGOTTEN {
    @Override
    boolean computes() {
      return false;
    }

    @Override
    void plant(Call call, int run) {}
  },
  /** An update of the last element is lost. */
  UPDATE_INCOMPLETE {
    @Override
    void plant(Call call, int run) {
      for (int i : call.op().updates()) {
        Operand updated = call.inputs().get(i);
        double[] data = OracleExecutable.load(updated).data();
        data[data.length - 1] = 0.1234;
        OracleExecutable.store(updated, new Value(updated.type(), data));
      }
    }
  },
  /** Everything that is computed is off by a thousandth, BF16 by a twentieth, integers by one. */
  ALL_WRONG {
    @Override
    void plant(Call call, int run) {
      List<Operand> changed = new ArrayList<>(call.outputs());
      call.op().updates().forEach(i -> changed.add(call.inputs().get(i)));
      for (Operand operand : changed) {
        DType dtype = operand.type().dtype();
        double factor = dtype == DType.BF16 ? 1.05 : 1.001;
        double[] data = OracleExecutable.load(operand).data();
        for (int i = 0; i < data.length; i++) {
          data[i] = dtype.isFloating() ? data[i] * factor : data[i] == 0 ? 1 : data[i] - 1;
        }
        OracleExecutable.store(operand, new Value(operand.type(), data));
      }
    }
  },
  /** It refuses to run. */
  THROWS {
    @Override
    void plant(Call call, int run) {
      throw new IllegalStateException("planted");
    }
  };

  /** Spoils the result of a call that the oracle computed. */
  abstract void plant(Call call, int run);

  /** Whether the oracle computes at all before the fault is planted. */
  boolean computes() {
    return true;
  }

  /** Changes an element, given its position and how many there are. */
  @FunctionalInterface
  interface Change {
    double apply(double x, int i, int n);
  }

  private static void change(Call call, Change change) {
    for (Operand output : call.outputs()) {
      double[] data = OracleExecutable.load(output).data();
      for (int i = 0; i < data.length; i++) {
        data[i] = change.apply(data[i], i, data.length);
      }
      OracleExecutable.store(output, new Value(output.type(), data));
    }
  }

  private static double next(double x, DType dtype, int steps) {
    double result = x;
    for (int i = 0; i < steps; i++) {
      result =
          switch (dtype) {
            case FP32 -> Math.nextUp((float) result);
            case BF16 -> nextBf16((float) result);
            default -> Math.nextUp(result);
          };
    }
    return result;
  }

  /** The next number away from 0. */
  private static float nextBf16(float x) {
    return Float.intBitsToFloat(Float.floatToIntBits(x) + (1 << 16));
  }

  private static Value tf32(Value value) {
    double[] data =
        Arrays.stream(value.data())
            .map(x -> Float.intBitsToFloat(Float.floatToIntBits((float) x) & ~0x1FFF))
            .toArray();
    return new Value(value.type(), data);
  }
}
