package dev.lamina.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The control groups of Linux that bound this process's memory, of version 1 and of version 2: its
 * own group and all above it as far as they can be seen. Inside a container with a namespace of its
 * own that is usually one, at the top; outside, for example under systemd, groups lie in each
 * other.
 *
 * @param folders those with a limit for memory, the innermost first
 */
record ControlGroups(List<Group> folders) {
  /** What a limit says where there is none: the largest number of whole pages. */
  private static final long NO_LIMIT = 1L << 60;

  /** A hierarchy's file names. */
  private enum Version {
    ONE("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
    TWO("memory.max", "memory.current", "");

    private final String limit;
    private final String usage;
    private final String prefix;

    Version(String limit, String usage, String prefix) {
      this.limit = limit;
      this.usage = usage;
      this.prefix = prefix;
    }
  }

  /** A group of a version. */
  record Group(Path folder, Version version) {
    /** The file with the limit. */
    Path file() {
      return folder.resolve(version.limit);
    }

    /** Its limit in bytes, or {@link Long#MAX_VALUE}. */
    long limit() {
      long limit = number(file());
      return limit < 0 || limit >= NO_LIMIT ? Long.MAX_VALUE : limit;
    }

    /** What is left of its limit, or {@link Long#MAX_VALUE}. */
    long free() {
      long limit = limit();
      long usage = number(folder.resolve(version.usage));
      return limit == Long.MAX_VALUE || usage < 0
          ? limit
          : Math.max(0, limit - Math.max(0, usage - fileCache()));
    }

    /** What the group's memory holds of files, which the system drops when memory is needed. */
    private long fileCache() {
      long sum = 0;
      for (String line : ProcFile.lines(folder.resolve("memory.stat"))) {
        if (line.startsWith(version.prefix + "inactive_file ")
            || line.startsWith(version.prefix + "active_file ")) {
          sum += ProcFile.number(line.substring(line.indexOf(' ') + 1), 0);
        }
      }
      return sum;
    }

    /** −1 if there is none. */
    private static long number(Path file) {
      try {
        return ProcFile.number(Files.readString(file, StandardCharsets.ISO_8859_1).strip(), -1);
      } catch (IOException e) {
        return -1;
      }
    }
  }

  /**
   * Those of this process.
   *
   * @param root the root of the file system
   */
  static ControlGroups of(Path root) {
    List<Group> groups = new ArrayList<>();
    List<String> mounts = ProcFile.lines(root.resolve("proc/self/mountinfo"));
    for (String line : ProcFile.lines(root.resolve("proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        boolean two = fields[1].isEmpty();
        if (two || Arrays.asList(fields[1].split(",")).contains("memory")) {
          Version version = two ? Version.TWO : Version.ONE;
          mounts.forEach(mount -> add(root, version, mount, fields[2], groups));
        }
      }
    }
    return new ControlGroups(List.copyOf(groups));
  }

  /** Adds a group and all above it if this mount shows the hierarchy. */
  private static void add(
      Path root, Version version, String mount, String group, List<Group> groups) {
    int dash = mount.indexOf(" - ");
    String[] fields = mount.split(" ");
    String[] type = dash < 0 ? new String[0] : mount.substring(dash + 3).split(" ");
    if (fields.length < 5 || type.length < 3 || !shows(version, type)) {
      return;
    }
    Path point;
    Path folder;
    try {
      point = root.resolve(Path.of("/").relativize(Path.of(unescaped(fields[4]))));
      folder = folder(point, Path.of(unescaped(fields[3])), Path.of(group));
    } catch (InvalidPathException e) {
      return; // a name that this process's locale has no form for
    }
    boolean own = true;
    for (Path at = folder; at != null && at.startsWith(point); at = at.getParent()) {
      boolean counts = own || Group.number(at.resolve("memory.use_hierarchy")) != 0;
      if (counts && Files.isReadable(at.resolve(version.limit))) {
        groups.add(new Group(at, version));
      }
      own = false;
    }
  }

  /**
   * Where a mount shows a group: it may show a part of the hierarchy only, and a group may lie
   * outside of a namespace, as {@code /../x}. The mount itself stands for what it does not show.
   */
  private static Path folder(Path point, Path shown, Path group) {
    boolean within = group.startsWith(shown) && group.equals(group.normalize());
    return within ? point.resolve(shown.relativize(group)).normalize() : point;
  }

  private static boolean shows(Version version, String[] type) {
    return version == Version.TWO
        ? type[0].equals("cgroup2")
        : type[0].equals("cgroup") && Arrays.asList(type[2].split(",")).contains("memory");
  }

  /** Blanks in paths are written as {@code \040}. */
  private static String unescaped(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}
