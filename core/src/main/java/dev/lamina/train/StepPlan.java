package dev.lamina.train;

import dev.lamina.backend.KernelMemory;
import dev.lamina.program.ProgramPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a training step will do, known before anything is allocated.
 *
 * @param batch what is done with each batch
 * @param update what is done after several of them, if that is a program of its own
 */
record StepPlan(StepVariables variables, ProgramPlan batch, Optional<ProgramPlan> update) {
  static StepPlan of(StepOptions options) {
    StepVariables variables = new StepVariables(options);
    ProgramPlan batch =
        ProgramPlan.of(
            "training step", StepGraph.of(options, variables), options.model().backend());
    Optional<ProgramPlan> update =
        options.options().accumulation() == 1
            ? Optional.empty()
            : Optional.of(
                ProgramPlan.of(
                    "update", UpdateGraph.alone(options, variables), options.model().backend()));
    return new StepPlan(variables, batch, update);
  }

  private List<ProgramPlan> programs() {
    return Stream.concat(Stream.of(batch), update.stream()).toList();
  }

  /** What the programs compute lies in so much memory. */
  long slabBytes() {
    return programs().stream().mapToLong(ProgramPlan::slabBytes).sum();
  }

  /** What the kernels take beside; kernels of one program are measured after those of another. */
  KernelMemory kernels() {
    return programs().stream()
        .map(ProgramPlan::kernelMemory)
        .reduce(
            KernelMemory.NONE,
            (a, b) ->
                new KernelMemory(
                    a.needed() + b.needed(),
                    a.wanted() + b.wanted(),
                    Math.max(a.passing(), b.passing())));
  }
}
