package dev.lamina.train;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names in which {@code *} stands for any characters. */
record NamePattern(String pattern) implements Predicate<String> {
  @Override
  public boolean test(String name) {
    String regex =
        Arrays.stream(pattern.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return name.matches(regex);
  }
}
