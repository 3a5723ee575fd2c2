package dev.lamina.suite;

import dev.lamina.backend.Call;
import dev.lamina.backend.Executable;
import java.util.List;

/** The oracle with a fault planted behind every operation. */
final class FaultyBackend extends OracleBackend {
  private final Fault fault;
  private int run;

  FaultyBackend(Fault fault) {
    this.fault = fault;
  }

  @Override
  public Executable compile(String label, List<Call> calls) {
    return new OracleExecutable(calls) {
      @Override
      void execute(Call call) {
        if (fault.computes()) {
          super.execute(call);
        }
        fault.plant(call, run++);
      }
    };
  }
}
