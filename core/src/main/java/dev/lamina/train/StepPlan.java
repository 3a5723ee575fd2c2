package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.KernelMemory;
import dev.lamina.nn.Model;
import dev.lamina.program.ProgramPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a training step will do, known before anything is allocated.
 *
 * @param batch what is done with each batch
 * @param update what is done after several of them, if that is a program of its own
 * @param exchange of the parameters with their average, if there is one
 */
record StepPlan(
    StepVariables variables,
    ProgramPlan batch,
    Optional<ProgramPlan> update,
    Optional<ProgramPlan> exchange) {
  static StepPlan of(StepOptions options) {
    StepVariables variables = new StepVariables(options);
    Model model = options.model();
    Backend backend = model.backend();
    ProgramPlan batch = ProgramPlan.of("training step", StepGraph.of(options, variables), backend);
    Optional<ProgramPlan> update =
        options.options().accumulation() == 1
            ? Optional.empty()
            : Optional.of(ProgramPlan.of("update", UpdateGraph.alone(options, variables), backend));
    Averaging averaging = new Averaging(model.variable(), variables);
    Optional<ProgramPlan> exchange =
        variables.average == null
            ? Optional.empty()
            : Optional.of(ProgramPlan.of("exchange", averaging.exchange(), backend));
    return new StepPlan(variables, batch, update, exchange);
  }

  private List<ProgramPlan> programs() {
    return Stream.of(Optional.of(batch), update, exchange).flatMap(Optional::stream).toList();
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
