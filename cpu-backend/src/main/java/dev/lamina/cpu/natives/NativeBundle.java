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
    String label, String resourceFolder, String module, String artifact, List<NativeFile> files) {
  /** Copies the list. */
  public NativeBundle {
    files = List.copyOf(files);
  }
}
