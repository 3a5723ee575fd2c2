package dev.lamina.cpu;

import dev.lamina.backend.Executable;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;

/** A list of tasks, run in order. */
final class CpuExecutable implements Executable {
  private final String label;
  private final WorkerPool pool;
  private final Lock turn;
  private final Task[] tasks;
  private final CpuMemory[] memories;
  private final Workspace workspace;
  private final Runnable onClose;
  private boolean closed;

  /**
   * An executable.
   *
   * @param turn held while it runs once
   * @param onClose what to do when it is closed
   */
  CpuExecutable(
      String label,
      WorkerPool pool,
      Lock turn,
      List<Task> tasks,
      Collection<CpuMemory> memories,
      Workspace workspace,
      Runnable onClose) {
    this.label = label;
    this.pool = pool;
    this.turn = turn;
    this.tasks = tasks.toArray(Task[]::new);
    this.memories = memories.toArray(CpuMemory[]::new);
    this.workspace = workspace;
    this.onClose = onClose;
  }

  @Override
  public void run(int times) {
    for (int i = 0; i < times; i++) {
      turn.lock();
      try {
        runOnce();
      } finally {
        turn.unlock();
      }
    }
  }

  private void runOnce() {
    if (closed) {
      throw new IllegalStateException("executable '" + label + "' is closed");
    }
    for (CpuMemory memory : memories) {
      memory.segment(); // throws if it is closed; native code would not notice
    }
    for (Task task : tasks) {
      pool.run(task);
    }
  }

  @Override
  public long workspaceBytes() {
    return workspace.bytes();
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        workspace.arena().close();
        onClose.run();
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public String toString() {
    return label + " (" + tasks.length + " tasks)";
  }
}
