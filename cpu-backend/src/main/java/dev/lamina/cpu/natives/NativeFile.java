package dev.lamina.cpu.natives;

/**
 * A native library as it was published.
 *
 * @param name the file's name
 * @param size its size in bytes
 * @param sha256 its SHA-256, as 64 lower-case hexadecimal digits
 */
public record NativeFile(String name, long size, String sha256) {}
