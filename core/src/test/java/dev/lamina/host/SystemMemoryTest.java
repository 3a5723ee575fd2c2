package dev.lamina.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.LaminaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits in file trees as Linux shows them, and what the machine itself says. */
class SystemMemoryTest {
  private static final long MIB = 1L << 20;
  private static final long UNLIMITED = 9223372036854771712L;
  private static final String V2 =
      "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
  private static final String V1 =
      "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
          + "34 31 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
          + "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

  @TempDir Path root;

  private void write(String file, Object content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content.toString());
  }

  /** A machine of 8 GiB of which 6 GiB are available. */
  private void machine(String mounts, String groups) throws IOException {
    write("proc/meminfo", "MemTotal:  8388608 kB\nMemFree: 1 kB\nMemAvailable:  6291456 kB\n");
    write("proc/self/mountinfo", mounts);
    write("proc/self/cgroup", groups);
  }

  private void v2(String folder, Object limit, long usage, long files) throws IOException {
    write("sys/fs/cgroup/" + folder + "/memory.max", limit + "\n");
    write("sys/fs/cgroup/" + folder + "/memory.current", usage + "\n");
    write(
        "sys/fs/cgroup/" + folder + "/memory.stat",
        "anon 1\ninactive_anon 1000\nfile 77\ninactive_file " + files + "\nactive_file 0\n");
  }

  private void v1(String folder, long limit, long usage, long files) throws IOException {
    write("sys/fs/cgroup/memory/" + folder + "/memory.limit_in_bytes", limit + "\n");
    write("sys/fs/cgroup/memory/" + folder + "/memory.usage_in_bytes", usage + "\n");
    write(
        "sys/fs/cgroup/memory/" + folder + "/memory.stat",
        "inactive_file 5\ntotal_inactive_file 0\ntotal_active_file " + files + "\n");
  }

  private void holds(long total, long room, String limit) {
    ControlGroups groups = ControlGroups.of(root);
    assertEquals(total, SystemMemory.total(root, groups));
    SystemMemory.Room found = SystemMemory.room(root, groups);
    assertEquals(room - room / 32, found.bytes());
    assertTrue(found.limit().endsWith(limit), found.limit());
  }

  @Test
  void withoutGroupsItIsTheMachine() throws IOException {
    machine("", "");
    holds(8192 * MIB, 6144 * MIB, "this machine");
    assertEquals(0, SystemMemory.total(root.resolve("none"), ControlGroups.of(root)));
    assertEquals(
        Long.MAX_VALUE,
        SystemMemory.room(root.resolve("none"), ControlGroups.of(root)).bytes(),
        "not known");
  }

  /** As in a container with a namespace of its own. */
  @Test
  void versionTwoInANamespace() throws IOException {
    machine(V2, "0::/\n");
    v2("", 1024 * MIB, 700 * MIB, 200 * MIB);
    holds(1024 * MIB, 524 * MIB, "/sys/fs/cgroup/memory.max");
    v2("", "max", 700 * MIB, 0);
    holds(8192 * MIB, 6144 * MIB, "this machine");
    v2("", 100 * MIB, 700 * MIB, 0);
    holds(100 * MIB, 0, "/sys/fs/cgroup/memory.max");
  }

  /** As under systemd: the root has no limit, and a group far below or one between may have. */
  @Test
  void versionTwoOutsideANamespace() throws IOException {
    machine(V2, "0::/system.slice/run-7.scope\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup"));
    v2("system.slice", "max", 1, 0);
    v2("system.slice/run-7.scope", 512 * MIB, 112 * MIB, 0);
    holds(512 * MIB, 400 * MIB, "/system.slice/run-7.scope/memory.max");
    v2("system.slice", 600 * MIB, 500 * MIB, 0);
    holds(512 * MIB, 100 * MIB, "/system.slice/memory.max");
  }

  /** The mount shows a part of the hierarchy, or the group lies where nothing can be seen. */
  @Test
  void mountsOfAPart() throws IOException {
    machine(
        V2.replace("0:28 / ", "0:28 /docker/abc "),
        "0::/docker/abc/inner\n1:name=systemd:/docker/abc\n");
    v2("", 2048 * MIB, 48 * MIB, 0);
    v2("inner", 1024 * MIB, 24 * MIB, 0);
    holds(1024 * MIB, 1000 * MIB, "/sys/fs/cgroup/inner/memory.max");
    write("proc/self/cgroup", "0::/../other\n");
    holds(2048 * MIB, 2000 * MIB, "/sys/fs/cgroup/memory.max");
    write("proc/self/mountinfo", V2.replace("/sys/fs/cgroup", "/sys/fs/c\\040group"));
    write("sys/fs/c group/memory.max", 64 * MIB);
    write("sys/fs/c group/memory.current", 0);
    holds(64 * MIB, 64 * MIB, "/sys/fs/c group/memory.max");
  }

  @Test
  void versionOne() throws IOException {
    machine(V1, "4:memory:/user/job\n2:cpu,cpuacct:/user\n0::/\n");
    v1("", UNLIMITED, 5000 * MIB, 0);
    v1("user", UNLIMITED, 4000 * MIB, 0);
    v1("user/job", 512 * MIB, 212 * MIB, 100 * MIB);
    holds(512 * MIB, 400 * MIB, "/user/job/memory.limit_in_bytes");
    v1("user", 300 * MIB, 250 * MIB, 0);
    holds(300 * MIB, 50 * MIB, "/user/memory.limit_in_bytes");
    write("sys/fs/cgroup/memory/user/memory.use_hierarchy", "0\n");
    holds(512 * MIB, 400 * MIB, "/user/job/memory.limit_in_bytes");
  }

  @Test
  void damagedFilesAreNoLimit() throws IOException {
    machine(V2 + "\nnonsense\n36 - \n" + V1, "\nx\n::\n0::/\n9:memory:/\n");
    v2("", "abc", 1, 1);
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "-1");
    holds(8192 * MIB, 6144 * MIB, "this machine");
  }

  @Test
  void thisMachineIsKnown() {
    assumeTrue(Files.exists(Path.of("/proc/meminfo")), "not Linux");
    long room = SystemMemory.room().bytes();
    assertTrue(room > MIB && room <= SystemMemory.totalBytes(), () -> room + " bytes");
  }

  @Test
  void whatIsNotThereIsNotGiven() {
    assumeTrue(Files.exists(Path.of("/proc/meminfo")), "not Linux");
    long tooMuch = SystemMemory.totalBytes() + MIB;
    try (Arena arena = Arena.ofConfined()) {
      LaminaException e =
          assertThrows(
              LaminaException.class, () -> HostMemory.allocate(arena, tooMuch, "pictures"));
      assertTrue(e.getMessage().startsWith("pictures: not enough memory: "), e.getMessage());
      assertTrue(e.getMessage().endsWith("; use fewer data"), e.getMessage());
    }
  }
}
