package dev.lamina.data;

import dev.lamina.LaminaException;
import dev.lamina.io.IoFailure;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/** The bytes of a file, unpacked if it is gzipped, that know their offset for messages. */
final class IdxInput implements AutoCloseable {
  /** No deflate stream unpacks to more than this many times its size (zlib's technical details). */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private final Path file;
  private final InputStream in;
  private final boolean gzipped;
  private final long fileBytes;
  private long offset;

  IdxInput(Path file) {
    this.file = file;
    InputStream raw = null;
    try {
      IoFailure.requireRegular(file);
      fileBytes = Files.size(file);
      raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      raw.mark(2);
      gzipped = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      in = gzipped ? new GzipInput(raw) : raw;
    } catch (IOException e) {
      closeQuietly(raw);
      throw failure(e);
    }
  }

  /** Reads so many bytes; {@code what} names them in messages. */
  void readFully(byte[] into, int length, String what) {
    try {
      int n = in.readNBytes(into, 0, length);
      offset += n;
      if (n < length) {
        throw truncated(what);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Reads a big-endian number of four bytes. */
  int readInt(String what) {
    byte[] b = new byte[4];
    readFully(b, 4, what);
    return b[0] << 24 | (b[1] & 0xFF) << 16 | (b[2] & 0xFF) << 8 | b[3] & 0xFF;
  }

  /** Makes sure, before memory is taken for them, that so many bytes can follow. */
  void requireLeft(long bytes, String what) {
    boolean possible =
        gzipped ? bytes / MAX_DEFLATE_RATIO <= fileBytes : bytes <= fileBytes - offset;
    if (!possible) {
      throw at(
          offset,
          "the header promises "
              + bytes
              + " bytes of "
              + what
              + ", more than the file can hold; it is truncated or damaged");
    }
  }

  /** Makes sure that nothing follows. */
  void requireEnd() {
    try {
      if (in.read() >= 0) {
        throw at(
            offset, "the file goes on, but the data its header promises end here; it is damaged");
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Whether the file is gzipped: how much it unpacks to is known only in the end. */
  boolean isPacked() {
    return gzipped;
  }

  long offset() {
    return offset;
  }

  /** An error at a byte of the file; of what it unpacks to, if it is gzipped. */
  LaminaException at(long byteOffset, String what) {
    return new LaminaException(
        file + ": byte " + byteOffset + (gzipped ? " (unpacked): " : ": ") + what);
  }

  private LaminaException truncated(String what) {
    return at(offset, "the file ends in the middle of " + what + "; it is truncated");
  }

  private LaminaException failure(IOException e) {
    if (e instanceof EOFException) {
      return at(offset, "the gzip stream ends too early; the file is truncated");
    }
    if (e instanceof ZipException) {
      return new LaminaException(
          file
              + ": after byte "
              + offset
              + " (unpacked): the gzip stream is damaged: "
              + e.getMessage(),
          e);
    }
    return IoFailure.reading(file, e);
  }

  @Override
  public void close() {
    closeQuietly(in);
  }

  private static void closeQuietly(InputStream in) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException ignored) {
        // It was only read.
      }
    }
  }
}
