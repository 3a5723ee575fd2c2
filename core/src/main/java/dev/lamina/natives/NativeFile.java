package dev.lamina.natives;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file that is to be unpacked.
 *
 * @param name its name
 * @param size its size in bytes
 * @param sha256 its SHA-256 as 64 lower-case hexadecimal digits, or null if only the source can
 *     tell whether it is right
 * @param source its content
 */
public record NativeFile(String name, long size, String sha256, Source source) {
  /** Where the content of a file comes from. */
  public interface Source {
    /** Opens it; whoever calls this closes it. */
    InputStream open() throws IOException;
  }
}
