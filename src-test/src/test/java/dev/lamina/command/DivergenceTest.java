package dev.lamina.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that goes astray says so, although no loss is NaN or infinite. */
class DivergenceTest {
  private static final Pattern LOSS = Pattern.compile("epoch 2/2: loss ([^ ]+) \\(diverged\\)");

  @TempDir Path work;

  private Lamina train(String options) {
    Object[] typed =
        ("train --data digits:300 --hidden 8 --epochs 2 " + options + " --out " + work).split(" +");
    return Lamina.succeed(typed);
  }

  @Test
  void itIsSaidInWordsAndInJson() {
    String text = train("--learning-rate 1e10").out();
    assertTrue(text.contains("the training diverged"), text);
    assertTrue(text.contains("smaller --learning-rate"), text);
    Matcher loss = LOSS.matcher(text);
    assertTrue(loss.find(), text);
    assertTrue(loss.group(1).length() < 12 && Double.parseDouble(loss.group(1)) > 1e9, text);
    List<JsonNode> lines = train("--learning-rate 1e10 --json").json();
    assertTrue(lines.get(2).get("diverged").flag());
    assertTrue(lines.getLast().get("diverged").flag());
  }

  @Test
  void nothingIsSaidOfAnOrdinaryTraining() {
    assertFalse(train("").out().contains("diverged"));
    for (JsonNode line : train("--json").json()) {
      assertEquals(List.of(), line.members().keySet().stream().filter("diverged"::equals).toList());
    }
  }
}
