package dev.lamina.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip file (RFC 1952): one member or several in a row. Every checksum is verified, and
 * nothing but another member may follow one; {@link java.util.zip.GZIPInputStream} takes whatever
 * follows for the end of the file.
 */
final class GzipInput extends InputStream {
  private static final int DEFLATE = 8;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int HEADER_CHECKSUM = 2;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 contentSum = new CRC32();
  private final CRC32 headerSum = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long filled; // bytes of the file up to the buffer's end
  private boolean ended;

  /** Reads the first member's header. */
  GzipInput(InputStream in) throws IOException {
    this.in = in;
    header(true);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int n = inflate(into, from, length);
      if (n > 0) {
        contentSum.update(into, from, n);
        return n;
      }
      if (inflater.finished()) {
        trailer();
        ended = !header(false);
      } else if (inflater.needsDictionary()) {
        throw damaged("it asks for a dictionary, which gzip has none of");
      } else if (!fill()) {
        throw new EOFException();
      }
    }
    return -1;
  }

  private int inflate(byte[] into, int from, int length) throws IOException {
    inflater.setInput(buffer, position, limit - position);
    try {
      return inflater.inflate(into, from, length);
    } catch (DataFormatException e) {
      throw damaged(e.getMessage());
    } finally {
      position = limit - inflater.getRemaining();
    }
  }

  /** Reads a member's header; false if there is none because the file ends here. */
  private boolean header(boolean first) throws IOException {
    if (!first && position == limit && !fill()) {
      return false;
    }
    headerSum.reset();
    long start = filled - limit + position;
    if (next() != 0x1F || next() != 0x8B) {
      throw new ZipException(
          "byte " + start + " of the file: expected its end or another gzip member");
    }
    if (next() != DEFLATE) {
      throw damaged("it is not packed by deflate");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw damaged("the header has flags that do not exist");
    }
    for (int i = 0; i < 6; i++) {
      next(); // the time, hints, the system
    }
    if ((flags & EXTRA) != 0) {
      for (int left = twoBytes(); left > 0; left--) {
        next();
      }
    }
    for (int text : new int[] {NAME, COMMENT}) {
      while ((flags & text) != 0 && next() != 0) {
        // Up to the zero.
      }
    }
    int sum = (int) headerSum.getValue() & 0xFFFF;
    if ((flags & HEADER_CHECKSUM) != 0 && twoBytes() != sum) {
      throw damaged("the header's checksum is wrong");
    }
    inflater.reset();
    contentSum.reset();
    return true;
  }

  private void trailer() throws IOException {
    if (fourBytes() != contentSum.getValue()) {
      throw damaged("the checksum is wrong");
    }
    if (fourBytes() != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw damaged("the length is wrong");
    }
  }

  private long fourBytes() throws IOException {
    return twoBytes() | (long) twoBytes() << 16;
  }

  private int twoBytes() throws IOException {
    return next() | next() << 8;
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw new EOFException();
    }
    headerSum.update(buffer[position]);
    return buffer[position++] & 0xFF;
  }

  /** Replaces what has been used up; false at the file's end. */
  private boolean fill() throws IOException {
    int n = in.read(buffer);
    position = 0;
    limit = Math.max(0, n);
    filled += limit;
    return n > 0;
  }

  private ZipException damaged(String what) {
    return new ZipException("byte " + (filled - limit + position) + " of the file: " + what);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
