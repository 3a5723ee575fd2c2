package dev.lamina.cpu;

import java.util.List;

/** Makes tasks out of a cut and what is to be done with each piece. */
final class Tasks {
  private Tasks() {}

  /** What is done with the piece [from, to) of a range. */
  interface Piece {
    void run(int chunk, long from, long to);
  }

  /** A task that does each piece of a cut. */
  static Task of(Cut cut, Piece piece) {
    return new Pieces(cut, cut.chunks(), piece);
  }

  /** A task of a single chunk. */
  static Task once(Runnable work) {
    return new Once(work);
  }

  /**
   * A task and what must be done when all its chunks have ended; a single task if it has just one
   * chunk, because starting a task costs some microseconds.
   */
  static List<Task> then(Task task, Runnable finish) {
    if (task.chunks() > 1) {
      return List.of(task, once(finish));
    }
    return List.of(
        once(() -> {
          task.run(0);
          finish.run();
        }));
  }

  private record Pieces(Cut cut, int chunks, Piece piece) implements Task {
    @Override
    public void run(int chunk) {
      piece.run(chunk, cut.from(chunk), cut.to(chunk));
    }
  }

  private record Once(Runnable work) implements Task {
    @Override
    public int chunks() {
      return 1;
    }

    @Override
    public void run(int chunk) {
      work.run();
    }
  }
}
