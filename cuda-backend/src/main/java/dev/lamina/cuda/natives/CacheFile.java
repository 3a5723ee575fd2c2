package dev.lamina.cuda.natives;

import dev.lamina.natives.PrivateDirectory;
import dev.lamina.natives.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lines of text that may be lost, in a file of the user's cache folder. It is replaced as a whole,
 * and ends with a checksum: a damaged file, or one that belongs to something else, counts as none.
 */
public final class CacheFile {
  private static final System.Logger LOG = System.getLogger(CacheFile.class.getName());
  private static final String CHECKSUM = "sha256 ";
  private static final int NAME_DIGITS = 16;

  private final PrivateDirectory directory;
  private final String folder;
  private final String identity;

  private CacheFile(PrivateDirectory directory, String folder, String identity) {
    this.directory = directory;
    this.folder = folder;
    this.identity = identity;
  }

  /**
   * A file in the user's cache folder, or none where no folder can be trusted.
   *
   * @param folder the name of a folder there
   * @param identity what its content holds for, one line; each has a file of its own
   */
  public static Optional<CacheFile> of(Environment environment, String folder, String identity) {
    try {
      PrivateDirectory directory =
          PrivateDirectory.open(
              environment.cachePlaces(),
              (place, why) ->
                  LOG.log(System.Logger.Level.DEBUG, "no cache in " + place + ": " + why));
      return Optional.of(new CacheFile(directory, folder, identity));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no cache for {0}: {1}", identity, e.getMessage());
      return Optional.empty();
    }
  }

  /** Where it is or will be. */
  public Path path() {
    return directory.path().resolve(folder).resolve(name());
  }

  private String name() {
    return Sha256.of(bytes(identity)).substring(0, NAME_DIGITS) + ".txt";
  }

  /** Its lines; none if there is no such file or it is damaged. */
  public List<String> read() {
    try {
      return parse(new String(directory.read(folder, name()), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read " + path(), e);
      return List.of();
    }
  }

  private List<String> parse(String text) {
    int end = text.lastIndexOf(CHECKSUM);
    List<String> lines = text.substring(0, Math.max(0, end)).lines().toList();
    boolean whole = end >= 0 && text.substring(end).equals(checksum(text.substring(0, end)));
    if (!whole || lines.isEmpty() || !lines.getFirst().equals(identity)) {
      LOG.log(System.Logger.Level.DEBUG, "{0} is damaged and will be made again", path());
      return List.of();
    }
    return lines.subList(1, lines.size());
  }

  /** Replaces its lines. That it cannot be written is no error: it may be lost at any time. */
  public void write(List<String> lines) {
    List<String> all = new ArrayList<>();
    all.add(identity);
    all.addAll(lines);
    String text = String.join("\n", all) + "\n";
    try {
      directory.write(folder, name(), bytes(text + checksum(text)));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot write " + path(), e);
    }
  }

  private static String checksum(String text) {
    return CHECKSUM + Sha256.of(bytes(text)) + "\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
