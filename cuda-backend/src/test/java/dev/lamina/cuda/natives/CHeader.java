package dev.lamina.cuda.natives;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What NVIDIA's C headers say: the numbers of enumerators, and the sizes of arguments. */
public final class CHeader {
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern ENUMERATION =
      Pattern.compile("typedef\\s+enum\\s*\\w*\\s*\\{([^}]*)\\}\\s*(\\w+)\\s*;");
  private static final Pattern ENUMERATOR = Pattern.compile("(\\w+)\\s*=\\s*([^,]+)");
  private static final Pattern NUMBER = Pattern.compile("-?(0[xX]\\p{XDigit}+|\\d+)");

  private final String text;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Set<String> enumerations = new HashSet<>(Set.of("cudaDataType", "cudaDataType_t"));

  /** Reads the texts of headers, of which later ones may use what earlier ones define. */
  public CHeader(String... texts) {
    text = COMMENT.matcher(String.join("\n", texts)).replaceAll(" ").replaceAll("\\s+", " ");
    Matcher matcher = ENUMERATION.matcher(text);
    while (matcher.find()) {
      enumerations.add(matcher.group(2));
      Matcher each = ENUMERATOR.matcher(matcher.group(1));
      while (each.find()) {
        numbers.put(each.group(1), value(each.group(2)));
      }
    }
  }

  // Numbers and names that came before, some of them joined by |, shifted or in parentheses.
  private int value(String expression) {
    int result = 0;
    for (String part : expression.replaceAll("[()]", "").split("\\|")) {
      String[] shifted = part.split("<<");
      int value = single(shifted[0].strip());
      result |= shifted.length == 1 ? value : value << single(shifted[1].strip());
    }
    return result;
  }

  private int single(String term) {
    if (numbers.containsKey(term)) {
      return numbers.get(term);
    }
    String number = term.replaceAll("[uUlL]+$", "");
    if (!NUMBER.matcher(number).matches()) {
      throw new IllegalArgumentException("the headers give no number to " + term);
    }
    return (int) (long) Long.decode(number);
  }

  /** The number of an enumerator, null if there is none of that name. */
  public Integer get(String name) {
    return numbers.get(name);
  }

  /** How many enumerators there are. */
  public int size() {
    return numbers.size();
  }

  /** Whether it has this piece of code, comments and line breaks aside. */
  public boolean contains(String code) {
    return text.contains(code);
  }

  /**
   * The sizes in bytes of what a function gives and takes, in this order.
   *
   * @throws NoSuchElementException if it is not declared
   */
  public List<Long> sizes(String function) {
    Matcher matcher =
        Pattern.compile("(\\w+) (?:CUBLASWINAPI )?" + function + " ?\\(([^)]*)\\) ?;")
            .matcher(text);
    if (!matcher.find()) {
      throw new NoSuchElementException("the headers do not declare " + function);
    }
    List<Long> sizes = new ArrayList<>(List.of(size(matcher.group(1))));
    if (!matcher.group(2).strip().equals("void")) {
      for (String argument : matcher.group(2).split(",")) {
        sizes.add(size(argument));
      }
    }
    return sizes;
  }

  // Everything but numbers of 4 bytes is a pointer, a handle (which is one) or a size.
  private long size(String declaration) {
    String type = declaration.replace("const ", "").strip().split(" ")[0];
    boolean four =
        !declaration.contains("*")
            && (type.equals("int") || type.equals("uint32_t") || enumerations.contains(type));
    return four ? 4 : 8;
  }

  /** The same of a function as it is bound. */
  public static List<Long> sizes(FunctionDescriptor descriptor) {
    return Stream.concat(descriptor.returnLayout().stream(), descriptor.argumentLayouts().stream())
        .map(MemoryLayout::byteSize)
        .toList();
  }
}
