package dev.lamina.cuda;

import dev.lamina.backend.Call;
import dev.lamina.backend.Operand;
import dev.lamina.type.DType;
import dev.lamina.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** A call while its steps are being listed: its operands, its scratch memory, its steps so far. */
final class Emission {
  private final Call call;
  private final ToLongFunction<Operand> addresses;
  private final boolean compiles;
  private final List<Step> steps = new ArrayList<>();
  private final List<Lowering.Cleared> cleared = new ArrayList<>();
  private final List<Lowering.Content> contents = new ArrayList<>();
  private long scratch;

  Emission(Call call, ToLongFunction<Operand> addresses, boolean compiles) {
    this.call = call;
    this.addresses = addresses;
    this.compiles = compiles;
  }

  /** Whether kernels can be compiled that are not among the resources. */
  boolean compiles() {
    return compiles;
  }

  List<Step> steps() {
    return steps;
  }

  long scratchBytes() {
    return scratch;
  }

  List<Lowering.Cleared> cleared() {
    return cleared;
  }

  List<Lowering.Content> contents() {
    return contents;
  }

  List<TensorType> inputTypes() {
    return call.inputs().stream().map(Operand::type).toList();
  }

  TensorType inputType(int index) {
    return call.inputs().get(index).type();
  }

  TensorType outputType(int index) {
    return call.outputs().get(index).type();
  }

  long inputAddress(int index) {
    return addresses.applyAsLong(call.inputs().get(index));
  }

  long outputAddress(int index) {
    return addresses.applyAsLong(call.outputs().get(index));
  }

  Argument input(int index) {
    return Argument.address(inputAddress(index));
  }

  Argument output(int index) {
    return Argument.address(outputAddress(index));
  }

  /** Scratch memory that is the call's until its last step has ended. */
  Argument scratch(long bytes) {
    Argument start = Argument.scratch(scratch);
    scratch += Geometry.ceil(bytes, Operand.ALIGNMENT) * Operand.ALIGNMENT;
    return start;
  }

  /** Counters in scratch memory that are 0 when a step begins, which must leave them so. */
  Argument counters(long count) {
    long bytes = count * Integer.BYTES;
    cleared.add(new Lowering.Cleared(scratch, bytes));
    return scratch(bytes);
  }

  /** Scratch memory with this content, which no step writes. */
  Argument content(byte[] bytes) {
    contents.add(new Lowering.Content(scratch, bytes));
    return scratch(bytes.length);
  }

  /** How many outputs the call has. */
  int outputs() {
    return call.outputs().size();
  }

  /** Adds the launch of a kernel that is compiled for a storage type. */
  void floating(
      String family, String kernel, DType dtype, long gridX, long gridY, Argument... arguments) {
    String suffix = "_" + suffix(dtype);
    add(new Step.Launch(family + suffix, kernel + suffix, gridX, gridY, List.of(arguments)));
  }

  void add(Step step) {
    steps.add(step);
  }

  /** Adds the launch of a kernel that is compiled once. */
  void plain(String module, String kernel, long gridX, Argument... arguments) {
    steps.add(new Step.Launch(module, kernel, gridX, 1, List.of(arguments)));
  }

  /** The launches that some part of the lowering adds, which are not added to the steps. */
  List<Step.Launch> launches(Runnable part) {
    int before = steps.size();
    part.run();
    List<Step> added = steps.subList(before, steps.size());
    List<Step.Launch> launches = added.stream().map(Step.Launch.class::cast).toList();
    added.clear();
    return launches;
  }

  /** The memory of all operands. */
  List<Step.Region> regions() {
    return Stream.concat(call.inputs().stream(), call.outputs().stream())
        .map(o -> new Step.Region(addresses.applyAsLong(o), o.type().bytes(), o.type().dtype()))
        .toList();
  }

  /** The name of a storage type in kernels' names. */
  static String suffix(DType dtype) {
    return switch (dtype) {
      case FP32 -> "f32";
      case FP64 -> "f64";
      case BF16 -> "bf16";
      case INT32, UINT8 -> throw new IllegalArgumentException("no floating-point type: " + dtype);
    };
  }
}
