package dev.lamina.cpu;

/** One way to multiply matrices. */
interface GemmRung {
  /** Its name, for people. */
  String name();

  /** How it cuts a problem; depends on the shapes only. */
  Tiling tiling(GemmProblem problem);

  /** Binds a problem, or returns null if another rung had better do it. */
  TileProduct bind(GemmProblem problem, Tiling tiling, Workspace workspace);
}
