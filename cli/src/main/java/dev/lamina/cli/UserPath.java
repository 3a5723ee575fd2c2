package dev.lamina.cli;

import dev.lamina.LaminaException;
import dev.lamina.Quote;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Paths as users type them. */
final class UserPath implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    try {
      return of(text);
    } catch (LaminaException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * The path; a tilde, which shells leave alone after a colon, is the user's home.
   *
   * @throws LaminaException if no file can have that name, as one beyond ASCII in the locale C, or
   *     nobody's home is known
   */
  static Path of(String text) {
    try {
      return text.startsWith("~/") ? home(text).resolve(text.substring(2)) : Path.of(text);
    } catch (InvalidPathException e) {
      String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
      throw new LaminaException(
          "no file can be called "
              + Quote.of(text)
              + " here: "
              + (Charset.forName(encoding).equals(StandardCharsets.UTF_8)
                  ? e.getReason()
                  : "in this locale the names of files are "
                      + encoding
                      + "; set the environment variable LC_ALL to C.UTF-8"),
          e);
    }
  }

  private static Path home(String text) {
    Path home = Path.of(System.getProperty("user.home", ""));
    if (!home.isAbsolute()) {
      throw new LaminaException(
          Quote.of(text) + ": this user has no home folder; write the path from / on");
    }
    return home;
  }
}
