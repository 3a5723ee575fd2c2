package dev.lamina.host;

import java.nio.file.Path;

/**
 * The memory of this machine, or of the part of it that this process may use. Any thread may ask.
 */
public final class SystemMemory {
  /** A part of what is free is left to the Java heap, the system's tables and other programs. */
  private static final int SPARE = 32;

  private static final Path ROOT = Path.of("/");

  /** Asked for the first time where the groups lie; a process hardly ever changes its group. */
  private static final class Groups {
    static final ControlGroups OWN = ControlGroups.of(ROOT);
  }

  private SystemMemory() {}

  /**
   * How much memory can be had, and what sets the limit.
   *
   * @param bytes {@link Long#MAX_VALUE} if that is not known
   * @param limit in words: {@code this machine}, or a control group's file
   */
  public record Room(long bytes, String limit) {}

  /** Physical memory in bytes, or less if this process is limited to less; 0 if not known. */
  public static long totalBytes() {
    return total(ROOT, Groups.OWN);
  }

  static long total(Path root, ControlGroups groups) {
    long total = kibibytes(root, "MemTotal");
    for (ControlGroups.Group group : groups.folders()) {
      long limit = group.limit();
      total = total == 0 || limit < total ? limit : total;
    }
    return total == Long.MAX_VALUE ? 0 : total;
  }

  /** What can be had without swapping; a little of what is free is left to others. */
  public static Room room() {
    return room(ROOT, Groups.OWN);
  }

  static Room room(Path root, ControlGroups groups) {
    long available = kibibytes(root, "MemAvailable");
    Room room = new Room(available == 0 ? Long.MAX_VALUE : available, "this machine");
    for (ControlGroups.Group group : groups.folders()) {
      long free = group.free();
      if (free < room.bytes()) {
        room = new Room(free, "the limit in " + group.file());
      }
    }
    return room.bytes() == Long.MAX_VALUE
        ? room
        : new Room(room.bytes() - room.bytes() / SPARE, room.limit());
  }

  private static long kibibytes(Path root, String name) {
    for (String line : ProcFile.lines(root.resolve("proc/meminfo"))) {
      if (line.startsWith(name + ":")) {
        return 1024 * ProcFile.number(line.substring(name.length() + 1).strip(), 0);
      }
    }
    return 0;
  }
}
