package dev.lamina.cuda;

import dev.lamina.cuda.natives.CacheFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was measured of products, in memory and, where there is a file, for the next run too. */
final class ProductCache {
  private static final String SEPARATOR = " = ";

  private final Optional<CacheFile> file;
  private final Map<String, List<ProductChoice>> choices;
  private boolean changed;

  ProductCache(Optional<CacheFile> file) {
    this.file = file;
    choices = file.map(ProductCache::read).orElseGet(TreeMap::new);
  }

  // A line that cannot be read is as good as none.
  private static Map<String, List<ProductChoice>> read(CacheFile file) {
    Map<String, List<ProductChoice>> found = new TreeMap<>();
    for (String line : file.read()) {
      int at = line.indexOf(SEPARATOR);
      if (at > 0) {
        ProductChoice.parse(line.substring(at + SEPARATOR.length()))
            .ifPresent(choice -> found.put(line.substring(0, at), choice));
      }
    }
    return found;
  }

  Optional<List<ProductChoice>> find(String key) {
    return Optional.ofNullable(choices.get(key));
  }

  void put(String key, List<ProductChoice> chosen) {
    choices.put(key, chosen);
    changed = true;
  }

  /**
   * Writes the file if there is anything new. What another process has written meanwhile stays, so
   * that a choice once written is the choice of every later run.
   */
  void save() {
    if (!changed || file.isEmpty()) {
      return;
    }
    changed = false;
    Map<String, List<ProductChoice>> all = new TreeMap<>(choices);
    all.putAll(read(file.get()));
    List<String> lines = new ArrayList<>();
    all.forEach((key, chosen) -> lines.add(key + SEPARATOR + ProductChoice.text(chosen)));
    file.get().write(lines);
  }
}
