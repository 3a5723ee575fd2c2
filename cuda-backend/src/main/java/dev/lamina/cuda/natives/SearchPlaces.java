package dev.lamina.cuda.natives;

import dev.lamina.cuda.natives.Environment.Setting;
import dev.lamina.cuda.natives.SearchPlace.Rank;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists the folders where CUDA libraries may lie, in the order in which they are tried.
 *
 * <p>Explicit: {@code lamina.cuda.libraries}. Else {@code CUDA_HOME} and {@code CUDA_PATH}, {@code
 * /usr/local/cuda*}, {@code LD_LIBRARY_PATH}, {@code ldconfig -p}, the folders the loader knows by
 * itself, and those of conda and of Python's packages, which PyTorch brings.
 */
final class SearchPlaces {
  /** Below a CUDA installation. */
  private static final List<String> TOOLKIT_FOLDERS =
      List.of("lib64", "targets/x86_64-linux/lib", "lib");

  /** Below a conda environment. */
  private static final List<String> CONDA_FOLDERS = List.of("lib", "targets/x86_64-linux/lib");

  /** Below Python's site-packages: NVIDIA's wheels of CUDA 13 and of CUDA 12. */
  private static final List<String> WHEEL_FOLDERS =
      List.of("nvidia/cu13/lib", "nvidia/cublas/lib", "nvidia/cuda_nvrtc/lib");

  /**
   * Below a folder that the user names: the folder itself, a CUDA installation, Python's
   * site-packages (NVIDIA's wheels of CUDA 12 and of CUDA 13), or its nvidia folder.
   */
  private static final List<String> SETTING_FOLDERS =
      List.of(
          "",
          "lib64",
          "targets/x86_64-linux/lib",
          "lib",
          "nvidia/cublas/lib",
          "nvidia/cu13/lib",
          "nvidia/cuda_nvrtc/lib",
          "cublas/lib",
          "cu13/lib",
          "cuda_nvrtc/lib");

  /** The loader's own, then where WSL, containers and NixOS put the driver. */
  private static final List<String> LOADER_FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/lib64",
          "/usr/lib",
          "/usr/lib/wsl/lib",
          "/usr/local/nvidia/lib64",
          "/run/opengl-driver/lib");

  private static final Pattern CACHE_LINE =
      Pattern.compile("\\s*(\\S+) \\(([^)]*)\\) => (/.*\\S)\\s*");
  private static final Pattern VERSIONED = Pattern.compile("cuda-(\\d+)(?:\\.(\\d+))?");

  private final Environment environment;
  private final SearchLog log;
  private final Map<Path, SearchPlace> places = new LinkedHashMap<>();

  private SearchPlaces(Environment environment, SearchLog log) {
    this.environment = environment;
    this.log = log;
  }

  /** Where the NVIDIA driver's library may lie: never in a CUDA installation. */
  static List<SearchPlace> ofDriver(Environment environment, SearchLog log) {
    SearchPlaces search = new SearchPlaces(environment, log);
    search.addSetting();
    search.addLoader(List.of("libcuda.so.1"));
    return List.copyOf(search.places.values());
  }

  /** Where the libraries of a CUDA installation may lie; only there if a setting names folders. */
  static List<SearchPlace> ofToolkit(Environment environment, SearchLog log, List<String> names) {
    SearchPlaces search = new SearchPlaces(environment, log);
    if (!search.addSetting()) {
      search.addVariable("CUDA_HOME", TOOLKIT_FOLDERS, Rank.CUDA_HOME);
      search.addVariable("CUDA_PATH", TOOLKIT_FOLDERS, Rank.CUDA_HOME);
      search.addUsual();
      search.addLoader(names);
      search.addPython();
    }
    return List.copyOf(search.places.values());
  }

  /**
   * Refuses a setting that names no folder at all.
   *
   * @throws UnusableException with the setting and its value
   */
  static void checkSetting(Environment environment) throws UnusableException {
    Optional<Setting> setting =
        environment.setting(Environment.LIBRARIES_PROPERTY, Environment.LIBRARIES_VARIABLE);
    if (setting.isPresent()
        && Arrays.stream(setting.get().value().split(File.pathSeparator))
            .map(String::strip)
            .noneMatch(
                e -> !e.isEmpty() && environment.at(e).filter(Files::isDirectory).isPresent())) {
      throw new UnusableException(
          setting.get().name() + " is '" + setting.get().value() + "', where there is no folder",
          "Name the folders of CUDA's libraries, separated by '"
              + File.pathSeparator
              + "', or leave it unset to search the usual places");
    }
  }

  private boolean addSetting() {
    Optional<Setting> setting =
        environment.setting(Environment.LIBRARIES_PROPERTY, Environment.LIBRARIES_VARIABLE);
    if (setting.isEmpty()) {
      log.add(Environment.LIBRARIES_PROPERTY, "", "not set, nor " + Environment.LIBRARIES_VARIABLE);
      return false;
    }
    for (String entry : setting.get().value().split(File.pathSeparator)) {
      if (!entry.isBlank()) {
        addFolders(setting.get().name(), entry.strip(), SETTING_FOLDERS, Rank.SETTING);
      }
    }
    return true;
  }

  private void addVariable(String name, List<String> below, Rank rank) {
    Optional<Setting> value = environment.variable(name);
    if (value.isEmpty()) {
      log.add(name, "", "not set");
    } else {
      addFolders(name, value.get().value(), below, rank);
    }
  }

  private void addUsual() {
    addFolders("usual folder", "/usr/local/cuda", TOOLKIT_FOLDERS, Rank.USUAL);
    Path local = environment.root().resolve("usr/local");
    List<Path> versions = new ArrayList<>();
    if (Files.isDirectory(local)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(local, "cuda-*")) {
        found.forEach(versions::add);
      } catch (IOException e) {
        log.add("usual folder", local, "cannot be listed: " + e.getMessage());
      }
    }
    versions.sort(
        Comparator.comparing(SearchPlaces::version)
            .reversed()
            .thenComparing(Comparator.naturalOrder()));
    versions.forEach(p -> addFolders("usual folder", p, TOOLKIT_FOLDERS, Rank.USUAL));
    addFolders("usual folder", "/opt/cuda", TOOLKIT_FOLDERS, Rank.USUAL);
  }

  private static int version(Path folder) {
    Matcher matcher = VERSIONED.matcher(folder.getFileName().toString());
    if (!matcher.matches() || matcher.group(1).length() > 4) {
      return -1;
    }
    String minor = matcher.group(2);
    return Integer.parseInt(matcher.group(1)) * 1000
        + (minor == null ? 999 : minor.length() > 3 ? 0 : Integer.parseInt(minor));
  }

  private void addLoader(List<String> names) {
    Optional<Setting> path = environment.variable("LD_LIBRARY_PATH");
    if (path.isEmpty()) {
      log.add("LD_LIBRARY_PATH", "", "not set");
    } else {
      for (String entry : path.get().value().split(":")) {
        if (!entry.isBlank()) { // to the loader an empty entry is the working folder; not to us
          addFolders("LD_LIBRARY_PATH", entry.strip(), List.of(""), Rank.USUAL);
        }
      }
    }
    List<String> cache = environment.loaderCache().get();
    int before = places.size();
    boolean listed = false;
    for (String line : cache) {
      Matcher matcher = CACHE_LINE.matcher(line);
      if (matcher.matches()
          && names.contains(matcher.group(1))
          && matcher.group(2).contains("x86-64")) {
        listed = true;
        environment
            .at(matcher.group(3))
            .ifPresent(file -> add(new SearchPlace("ldconfig", file.getParent(), Rank.USUAL)));
      }
    }
    if (cache.isEmpty()) {
      log.add("ldconfig", "", "not there, or its list is empty");
    } else if (!listed) {
      log.add("ldconfig", "", "lists none of " + String.join(", ", names));
    } else if (before == places.size()) {
      log.add("ldconfig", "", "lists folders that were named before");
    }
    for (String folder : LOADER_FOLDERS) {
      Path known = environment.root().resolve(folder.substring(1));
      if (Files.isDirectory(known)) {
        add(new SearchPlace("loader's folder", known, Rank.USUAL));
      }
    }
  }

  private void addPython() {
    addVariable(PythonPlaces.CONDA, CONDA_FOLDERS, Rank.USUAL);
    List<PythonPlaces.Place> found = PythonPlaces.of(environment);
    if (found.isEmpty()) {
      log.add("Python's packages", "", "none found");
    }
    for (PythonPlaces.Place place : found) {
      addFolders(place.origin(), place.sitePackages(), WHEEL_FOLDERS, Rank.USUAL);
    }
  }

  private void addFolders(String origin, String base, List<String> below, Rank rank) {
    environment
        .at(base)
        .ifPresentOrElse(
            path -> addFolders(origin, path, below, rank),
            () -> log.add(origin, base, "no file can be called so in this locale"));
  }

  private void addFolders(String origin, Path base, List<String> below, Rank rank) {
    if (!Files.isDirectory(base)) {
      log.add(origin, base, Files.exists(base) ? "is not a folder" : "no such folder");
      return;
    }
    boolean any = false;
    for (String folder : below) {
      Path path = folder.isEmpty() ? base : base.resolve(folder);
      if (Files.isDirectory(path)) {
        any = true;
        add(new SearchPlace(origin, path, rank));
      }
    }
    if (!any) {
      log.add(origin, base, "has none of " + String.join(", ", below));
    }
  }

  // lib64 is often a link to targets/x86_64-linux/lib: one place is enough.
  private void add(SearchPlace place) {
    Path real;
    try {
      real = place.folder().toRealPath();
    } catch (IOException e) {
      log.add(place.origin(), place.folder(), "no such folder");
      return;
    }
    places.putIfAbsent(real, place);
  }
}
