package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.nn.Initializer;
import dev.lamina.nn.ParameterLayout;
import dev.lamina.nn.ParameterSpec;
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

  @Test
  void aSmallNetworkIsOnePiece() {
    // 5·13 weights end in a gap up to 128, 3·5 follow; then the biases.
    assertEquals(List.of(new Piece(0, 320, 192)), ParameterPieces.of(layers(13, 5, 3)));
  }

  @Test
  void largeParametersAreAloneAndTheRestTogether() {
    long large = 1000 * 1000;
    assertEquals(
        List.of(
            new Piece(0, 64 * 1000, 64 * 1000),
            new Piece(64 * 1000, large, large),
            new Piece(64 * 1000 + large, large, large),
            // 3·1000 weights up to a multiple of 64, four biases.
            new Piece(64 * 1000 + 2 * large, 3008 + 3 * 1024 + 64, 3008)),
        ParameterPieces.of(layers(64, 1000, 1000, 1000, 3)));
  }

  @Test
  void largeParametersAtBothEnds() {
    long large = 1000 * 1000;
    assertEquals(
        List.of(new Piece(0, large, large), new Piece(large, 1024, 0)),
        ParameterPieces.of(layers(1000, 1000)));
    List<ParameterSpec> bias =
        List.of(new ParameterSpec("bias", Shape.of(large), Initializer.ZEROS, false));
    assertEquals(List.of(new Piece(0, large, 0)), ParameterPieces.of(new ParameterLayout(bias)));
  }
}
