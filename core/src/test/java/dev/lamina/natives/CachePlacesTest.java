package dev.lamina.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CachePlacesTest {
  private static final Path ROOT = Path.of("/other");

  private static List<String> folders(Map<String, String> properties, Map<String, String> vars) {
    return CachePlaces.of(properties::get, vars::get, ROOT).folders();
  }

  @Test
  void aSettingIsTheOnlyPlace() {
    Map<String, String> home = Map.of("user.home", "/home/me");
    Map<String, String> both = Map.of("LAMINA_CACHE", "/variable", "XDG_CACHE_HOME", "/xdg");
    assertEquals(List.of("/variable"), folders(home, both));
    assertEquals(List.of("/property"), folders(Map.of("lamina.cache", " /property "), both));
    assertEquals(List.of("/variable"), folders(Map.of("lamina.cache", " "), both));
  }

  @Test
  void withoutASettingItIsTheUsersCache() {
    Map<String, String> home = Map.of("user.home", "/home/me");
    assertEquals(List.of("/home/me/.cache/lamina"), folders(home, Map.of()));
    assertEquals(
        List.of("/xdg/lamina", "/home/me/.cache/lamina"),
        folders(home, Map.of("XDG_CACHE_HOME", "/xdg")));
    assertEquals(
        List.of("/home/me/.cache/lamina"), folders(home, Map.of("XDG_CACHE_HOME", "relative")));
  }

  /** Java calls the home of a user without an entry in /etc/passwd "?". */
  @Test
  void withoutAHomeThereIsNone() {
    assertEquals(List.of(), folders(Map.of(), Map.of()));
    assertEquals(List.of(), folders(Map.of("user.home", "?"), Map.of()));
    assertEquals(List.of(), folders(Map.of("user.home", ""), Map.of("XDG_CACHE_HOME", "")));
  }

  @Test
  void pathsLieBelowTheRoot() throws IOException {
    CachePlaces places = new CachePlaces(List.of(), ROOT);
    assertEquals(Path.of("/other/a/c"), places.path("/a/b/../c"));
    IOException e = assertThrows(IOException.class, () -> places.path("a\0b"));
    assertEquals(
        "no file can be called so in this locale: Nul character not allowed", e.getMessage());
  }
}
