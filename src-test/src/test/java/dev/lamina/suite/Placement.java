package dev.lamina.suite;

/** Where a case's operands lie in memory. */
enum Placement {
  /** In one allocation, each aligned as the engine aligns tensors, with guard bytes around. */
  ALIGNED,
  /** In one allocation, each aligned to its element only, as rows of a larger tensor are. */
  UNALIGNED,
  /** Each in an allocation of exactly its size, so that a device can trap an overrun. */
  SEPARATE
}
