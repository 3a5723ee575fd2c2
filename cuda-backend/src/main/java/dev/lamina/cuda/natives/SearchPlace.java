package dev.lamina.cuda.natives;

import java.nio.file.Path;

/**
 * A folder to look for libraries in.
 *
 * @param origin why: a setting's name, {@code ldconfig}, ...
 * @param folder where
 * @param rank how much the user meant it; of two CUDA versions the newer wins within a rank, and
 *     the lower rank wins between them
 */
record SearchPlace(String origin, Path folder, Rank rank) {
  /** Who named a folder. */
  enum Rank {
    /** The user, for Lamina. */
    SETTING,
    /** The user, for all CUDA programs. */
    CUDA_HOME,
    /** Nobody: libraries usually lie there. */
    USUAL
  }
}
