package dev.lamina.cuda;

/**
 * Something that is put on a stream and becomes a node of a CUDA graph.
 *
 * @param name the operation and the kernel
 */
record Node(String name, CostModel.Demand demand) {}
