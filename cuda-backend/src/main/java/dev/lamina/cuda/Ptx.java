package dev.lamina.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of compiled kernels.
 *
 * @param module its name without the extension
 * @param text its content
 * @param parameters for each kernel the types of its parameters as PTX names them
 */
record Ptx(String module, String text, Map<String, List<String>> parameters) {
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
  private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.(\\w+)");

  /** Reads a file among the resources. */
  static Ptx read(String module) {
    String path = "ptx/" + module + ".ptx";
    try (InputStream in = Ptx.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + path);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return of(module, text);
    } catch (IOException e) {
      throw new IllegalStateException("the resource " + path + " cannot be read", e);
    }
  }

  /** PTX text. */
  static Ptx of(String module, String text) {
    return new Ptx(module, text, parse(text));
  }

  private static Map<String, List<String>> parse(String text) {
    Map<String, List<String>> kernels = new HashMap<>();
    Matcher entry = ENTRY.matcher(text);
    while (entry.find()) {
      List<String> types = new ArrayList<>();
      Matcher parameter = PARAMETER.matcher(entry.group(2));
      while (parameter.find()) {
        types.add(parameter.group(1));
      }
      kernels.put(entry.group(1), List.copyOf(types));
    }
    return Map.copyOf(kernels);
  }

  /** Checks that a launch's kernel is here and takes the launch's arguments. */
  void check(Step.Launch launch) {
    List<String> given = launch.arguments().stream().map(a -> a.kind().ptx()).toList();
    List<String> expected = parameters.get(launch.kernel());
    if (!given.equals(expected)) {
      throw new IllegalArgumentException(
          "kernel "
              + launch.kernel()
              + " of "
              + module
              + ": expected the arguments "
              + expected
              + ", got "
              + given);
    }
  }
}
