package dev.lamina.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How the digits are written: a few ways for each, as strokes in a box from −½ to ½ with y pointing
 * down. A curve goes smoothly through its points, a line straight from point to point.
 */
final class DigitShapes {
  /** A stroke through points x, y, x, y, ... */
  record Stroke(boolean smooth, float[] points) {}

  /** One way to write a digit. */
  record Way(List<Stroke> strokes) {}

  private static final List<List<Way>> SHAPES = new ArrayList<>();

  static {
    // 0: round, and with the ends crossing at the top
    digit(
        way(
            curve(
                0, -.5, .26, -.37, .34, 0, .26, .37, 0, .5, -.26, .37, -.34, 0, -.26, -.37, 0,
                -.5)),
        way(
            curve(
                .1, -.46, -.2, -.38, -.32, .05, -.2, .42, .05, .5, .27, .32, .32, -.05, .2, -.4,
                -.06, -.5)));
    // 1: a stem, with a flag, with a flag and a foot
    digit(
        way(line(0, -.5, 0, .5)),
        way(line(-.2, -.28, .02, -.5, .02, .5)),
        way(line(-.2, -.3, 0, -.5, 0, .5), line(-.2, .5, .2, .5)));
    // 2: with a straight foot, and with a loop
    digit(
        way(
            curve(-.28, -.28, -.17, -.45, .06, -.5, .26, -.36, .22, -.1, -.04, .2, -.3, .48),
            line(-.3, .48, .32, .48)),
        way(
            curve(
                -.26, -.32, -.06, -.5, .22, -.42, .24, -.14, -.02, .22, -.26, .44, -.3, .3, -.1,
                .32, .14, .46, .34, .4)));
    // 3: round, and with a flat top
    digit(
        way(
            curve(-.26, -.38, -.05, -.5, .22, -.42, .23, -.18, -.06, -.03),
            curve(-.06, -.03, .25, .07, .29, .32, .04, .5, -.28, .4)),
        way(
            line(-.26, -.48, .26, -.48, -.04, -.1),
            curve(-.04, -.1, .24, .02, .29, .3, .04, .5, -.28, .4)));
    // 4: open, and closed
    digit(
        way(line(-.16, -.5, -.3, .1, .32, .1), line(.14, -.28, .12, .5)),
        way(line(.14, .5, .14, -.5, -.32, .16, .34, .16)));
    // 5: drawn at once, and with the top stroke last
    digit(
        way(
            line(.26, -.48, -.18, -.48, -.24, -.06),
            curve(-.24, -.06, .06, -.15, .3, .08, .25, .38, -.02, .5, -.28, .4)),
        way(
            line(-.14, -.48, -.2, -.1),
            curve(-.2, -.1, .12, -.12, .28, .12, .22, .4, -.04, .5, -.28, .44),
            line(-.14, -.48, .3, -.46)));
    // 6: curved, and with a straight back
    digit(
        way(
            curve(
                .2, -.48, -.12, -.28, -.28, .1, -.2, .41, .03, .5, .26, .34, .22, .09, .0, .0, -.24,
                .17)),
        way(
            curve(.12, -.5, -.12, -.15, -.26, .18),
            curve(-.26, .18, -.18, .44, .04, .5, .25, .33, .2, .08, -.02, .02, -.26, .22)));
    // 7: plain, with a bar, and curved
    digit(
        way(line(-.3, -.48, .3, -.48, -.08, .5)),
        way(line(-.3, -.48, .3, -.48, -.04, .5), line(-.18, .02, .22, .02)),
        way(curve(-.3, -.42, -.1, -.46, .28, -.46, .1, -.1, -.02, .2, -.06, .5)));
    // 8: at one stroke, and of two rings
    digit(
        way(
            curve(
                .22, -.38, 0, -.5, -.22, -.36, -.13, -.12, .14, .08, .28, .3, 0, .5, -.28, .3, -.14,
                .08, .13, -.12, .22, -.38)),
        way(
            curve(0, -.5, .2, -.4, .2, -.14, 0, -.02, -.2, -.14, -.2, -.4, 0, -.5),
            curve(0, -.02, .25, .12, .25, .39, 0, .5, -.25, .39, -.25, .12, 0, -.02)));
    // 9: with a straight stem, and with a curved one
    digit(
        way(
            curve(.22, -.32, .0, -.5, -.25, -.34, -.21, -.08, .02, .01, .23, -.16),
            line(.22, -.36, .2, .5)),
        way(
            curve(
                .22, -.34, .0, -.5, -.25, -.32, -.2, -.08, .03, .0, .22, -.14, .24, -.34, .24, .05,
                .12, .38, -.16, .48)));
  }

  private DigitShapes() {}

  /** The ways to write a digit. */
  static List<Way> ways(int digit) {
    return SHAPES.get(digit);
  }

  private static void digit(Way... ways) {
    SHAPES.add(List.of(ways));
  }

  private static Way way(Stroke... strokes) {
    return new Way(List.of(strokes));
  }

  private static Stroke curve(double... points) {
    return new Stroke(true, floats(points));
  }

  private static Stroke line(double... points) {
    return new Stroke(false, floats(points));
  }

  private static float[] floats(double[] points) {
    float[] result = new float[points.length];
    for (int i = 0; i < points.length; i++) {
      result[i] = (float) points[i];
    }
    return result;
  }
}
