package dev.lamina.cpu;

import dev.lamina.backend.Executable;
import java.util.Collection;
import java.util.List;

/** A list of tasks, run in order. */
final class CpuExecutable implements Executable {
  private final String label;
  private final WorkerPool pool;
  private final Task[] tasks;
  private final CpuMemory[] memories;
  private final Workspace workspace;
  private final Runnable onClose;
  private boolean closed;

  CpuExecutable(
      String label,
      WorkerPool pool,
      List<Task> tasks,
      Collection<CpuMemory> memories,
      Workspace workspace,
      Runnable onClose) {
    this.label = label;
    this.pool = pool;
    this.tasks = tasks.toArray(Task[]::new);
    this.memories = memories.toArray(CpuMemory[]::new);
    this.workspace = workspace;
    this.onClose = onClose;
  }

  @Override
  public void run(int times) {
    if (closed) {
      throw new IllegalStateException("executable '" + label + "' is closed");
    }
    for (CpuMemory memory : memories) {
      memory.segment(); // throws if it is closed; native code would not notice
    }
    for (int i = 0; i < times; i++) {
      for (Task task : tasks) {
        pool.run(task);
      }
    }
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      workspace.arena().close();
      onClose.run();
    }
  }

  @Override
  public String toString() {
    return label + " (" + tasks.length + " tasks)";
  }
}
