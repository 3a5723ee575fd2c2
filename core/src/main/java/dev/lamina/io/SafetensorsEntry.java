package dev.lamina.io;

import java.util.List;

/**
 * What a safetensors header says of one tensor.
 *
 * @param name its name
 * @param dtype its element type as the format names it
 * @param shape its extents, outermost first; empty for a scalar
 * @param begin where its first byte is, counted from the end of the header
 * @param end where its last byte has ended
 */
public record SafetensorsEntry(String name, String dtype, List<Long> shape, long begin, long end) {}
