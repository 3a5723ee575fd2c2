package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.ParameterLayout;
import dev.lamina.nn.ParameterSpec;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Sgd;
import dev.lamina.train.ParameterPieces.Piece;
import dev.lamina.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterPiecesTest {
  /** Fully connected layers of these widths. */
  private static ParameterLayout layers(long... widths) {
    List<ParameterSpec> specs = new ArrayList<>();
    for (int i = 1; i < widths.length; i++) {
      Shape weight = Shape.of(widths[i], widths[i - 1]);
      specs.add(new ParameterSpec(i + ".weight", weight, Initializer.ZEROS, true));
      specs.add(new ParameterSpec(i + ".bias", Shape.of(widths[i]), Initializer.ZEROS, false));
    }
    return new ParameterLayout(specs);
  }

  private static final Optimizer ALL = TrainingOptions.DEFAULT.optimizer();

  private static List<Piece> pieces(ParameterLayout layout, ParameterGroup... groups) {
    return ParameterPieces.of(
        new Assignment(layout, TrainingOptions.DEFAULT.withGroups(List.of(groups))));
  }

  private static Piece piece(long offset, long size, long decayed) {
    return new Piece(offset, size, decayed, ALL);
  }

  @Test
  void aSmallNetworkIsOnePiece() {
    // 5·13 weights end in a gap up to 128, 3·5 follow; then the biases.
    assertEquals(List.of(piece(0, 320, 192)), pieces(layers(13, 5, 3)));
  }

  @Test
  void largeParametersAreAloneAndTheRestTogether() {
    long large = 1000 * 1000;
    assertEquals(
        List.of(
            piece(0, 64 * 1000, 64 * 1000),
            piece(64 * 1000, large, large),
            piece(64 * 1000 + large, large, large),
            // 3·1000 weights up to a multiple of 64, four biases.
            piece(64 * 1000 + 2 * large, 3008 + 3 * 1024 + 64, 3008)),
        pieces(layers(64, 1000, 1000, 1000, 3)));
  }

  @Test
  void largeParametersAtBothEnds() {
    long large = 1000 * 1000;
    assertEquals(
        List.of(piece(0, large, large), piece(large, 1024, 0)), pieces(layers(1000, 1000)));
    List<ParameterSpec> bias =
        List.of(new ParameterSpec("bias", Shape.of(large), Initializer.ZEROS, false));
    assertEquals(List.of(piece(0, large, 0)), pieces(new ParameterLayout(bias)));
  }

  @Test
  void groupsAndFrozenParametersAreCutOut() {
    // Weights of 3·2, 4·3, 5·4 in 64 elements each, then biases of 3, 4, 5 in 64 each.
    ParameterLayout layout = layers(2, 3, 4, 5);
    Sgd sgd = new Sgd(0.1);
    assertEquals(
        List.of(
            piece(0, 64, 64), new Piece(64, 64, 64, sgd), piece(128, 128, 64), piece(320, 64, 0)),
        pieces(layout, ParameterGroup.frozen("2.bias"), ParameterGroup.of("2.*", sgd)));
    assertEquals(
        List.of(new Piece(128, 64, 64, sgd)),
        pieces(
            layout,
            ParameterGroup.of("3.weight", sgd),
            ParameterGroup.frozen("*.weight"),
            ParameterGroup.frozen("*bias")));
    assertEquals(
        List.of(piece(192, 192, 0)), pieces(layout, ParameterGroup.frozen("*.we*t")), "biases");
  }

  @Test
  void groupsWithoutParametersAndNothingToTrainAreRefused() {
    ParameterLayout layout = layers(2, 3);
    String unknown =
        assertThrows(LaminaException.class, () -> pieces(layout, ParameterGroup.frozen("0.*")))
            .getMessage();
    assertTrue(unknown.contains("0.*") && unknown.contains("1.weight, 1.bias"), unknown);
    String nothing =
        assertThrows(LaminaException.class, () -> pieces(layout, ParameterGroup.frozen("*")))
            .getMessage();
    assertTrue(nothing.contains("nothing to train"), nothing);
  }
}
