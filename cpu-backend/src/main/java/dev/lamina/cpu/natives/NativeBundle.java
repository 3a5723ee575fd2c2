package dev.lamina.cpu.natives;

import java.util.List;

/**
 * Native libraries that belong into one folder.
 *
 * @param label name and version, which name the folder too
 * @param resourceFolder where they are within their jar, with a slash at the end
 * @param module the name of the jar's module
 * @param artifact the jar's Maven coordinates, for messages
 * @param files the libraries; all are unpacked
 */
public record NativeBundle(
    String label, String resourceFolder, String module, String artifact, List<Library> files) {
  /**
   * A native library as it was published.
   *
   * @param name the file's name
   * @param size its size in bytes
   * @param sha256 its SHA-256, as 64 lower-case hexadecimal digits
   */
  public record Library(String name, long size, String sha256) {}

  /** Copies the list. */
  public NativeBundle {
    files = List.copyOf(files);
  }
}
