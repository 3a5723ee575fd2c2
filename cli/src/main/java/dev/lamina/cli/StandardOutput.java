package dev.lamina.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Standard output that loses nothing in silence: writers keep failures to themselves, so the first
 * one is kept here and decides the exit code.
 *
 * <p>What is written are data, and data are UTF-8, whatever the locale; only a terminal gets its
 * own encoding.
 */
final class StandardOutput {
  /** As shells tell of a program that SIGPIPE ended. */
  private static final int BROKEN_PIPE = 128 + 13;

  private final OutputStream stream;
  private final PrintWriter writer;
  private IOException failure;

  StandardOutput() {
    this(
        new FileOutputStream(FileDescriptor.out),
        isTerminal() ? encoding(System.out.charset()) : StandardCharsets.UTF_8);
  }

  StandardOutput(OutputStream stream, Charset charset) {
    this.stream = stream;
    writer = new PrintWriter(new Checked(), true, charset);
  }

  static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  /** A terminal's encoding; none has ASCII only, that is what Java assumes without a locale. */
  static Charset encoding(Charset assumed) {
    return assumed.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : assumed;
  }

  PrintWriter writer() {
    return writer;
  }

  /**
   * Says if anything was lost. Where the reader of a pipe has gone it wanted no more, and nothing
   * is said.
   *
   * @param code what the command would exit with
   * @return the exit code
   */
  int finish(int code, PrintWriter err) {
    writer.flush();
    if (failure == null) {
      return code;
    }
    if (isBrokenPipe(failure)) {
      return code == 0 ? BROKEN_PIPE : code;
    }
    Main.complain(
        err,
        "standard output is not complete: "
            + failure.getMessage()
            + "; write to another place, or free some space");
    return code == 0 ? Main.USER_ERROR : code;
  }

  /** By the system's words or, where they are in another language, by what is written to. */
  private static boolean isBrokenPipe(IOException failure) {
    if (String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe")) {
      return true;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException e) {
      return false; // no such folder, or a closed stream
    }
  }

  private final class Checked extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (failure == null) {
        try {
          stream.write(bytes, offset, length);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
  }
}
