package dev.lamina.data;

import java.util.Arrays;
import java.util.List;

/**
 * Paints one digit at a time. Only additions, multiplications, roots and StrictMath are used, so
 * that a digit has the same bytes on every machine.
 */
final class DigitPainter {
  private static final int SIDE = Digits.SIDE;
  private static final int CURVE_STEPS = 5;
  private static final int STREAM = 0x44696769;

  private static final float MAX_ROTATION = 0.30f;
  private static final float MAX_SLANT = 0.35f;
  private static final float MAX_SHIFT = 3f;
  private static final float LEAST_HEIGHT = 14f;
  private static final float MOST_HEIGHT = 22f;
  private static final float JITTER = 0.04f;
  private static final float MOST_NOISE = 0.10f;

  private final PhiloxStream random = new PhiloxStream();
  private final float[] ink = new float[SIDE * SIDE];
  private float xx;
  private float xy;
  private float yx;
  private float yy;
  private float shiftX;
  private float shiftY;
  private float radius;

  /** Paints sample {@code index} to {@code pixels}, row by row; returns which digit it is. */
  int paint(long seed, Part part, long index, byte[] pixels) {
    random.start(seed, STREAM + part.ordinal(), index);
    int digit = random.below(10);
    List<DigitShapes.Way> ways = DigitShapes.ways(digit);
    DigitShapes.Way way = ways.get(random.below(ways.size()));
    place();
    Arrays.fill(ink, 0);
    for (DigitShapes.Stroke stroke : way.strokes()) {
      draw(stroke);
    }
    develop(pixels);
    return digit;
  }

  /** Draws the size, turn, slant, shift and pen of a sample. */
  private void place() {
    float height = random.uniform(LEAST_HEIGHT, MOST_HEIGHT);
    float width = height * random.uniform(0.75f, 1.2f);
    float angle = random.uniform(-MAX_ROTATION, MAX_ROTATION);
    float slant = random.uniform(-MAX_SLANT, MAX_SLANT);
    float cos = (float) StrictMath.cos(angle);
    float sin = (float) StrictMath.sin(angle);
    xx = cos * width;
    xy = (-slant * cos - sin) * height;
    yx = sin * width;
    yy = (-slant * sin + cos) * height;
    shiftX = SIDE / 2f + random.uniform(-MAX_SHIFT, MAX_SHIFT);
    shiftY = SIDE / 2f + random.uniform(-MAX_SHIFT, MAX_SHIFT);
    radius = random.uniform(0.7f, 1.9f);
  }

  private void draw(DigitShapes.Stroke stroke) {
    float[] p = stroke.points().clone();
    for (int i = 0; i < p.length; i += 2) {
      float x = p[i] + JITTER * random.normal();
      float y = p[i + 1] + JITTER * random.normal();
      p[i] = xx * x + xy * y + shiftX;
      p[i + 1] = yx * x + yy * y + shiftY;
    }
    int last = p.length - 2;
    for (int i = 0; i < last; i += 2) {
      if (stroke.smooth()) {
        curve(p, Math.max(0, i - 2), i, i + 2, Math.min(last, i + 4));
      } else {
        segment(p[i], p[i + 1], p[i + 2], p[i + 3]);
      }
    }
  }

  /** A piece of a Catmull-Rom spline from point b to point c. */
  private void curve(float[] p, int a, int b, int c, int d) {
    float x0 = p[b];
    float y0 = p[b + 1];
    for (int k = 1; k <= CURVE_STEPS; k++) {
      float t = (float) k / CURVE_STEPS;
      float x = spline(p[a], p[b], p[c], p[d], t);
      float y = spline(p[a + 1], p[b + 1], p[c + 1], p[d + 1], t);
      segment(x0, y0, x, y);
      x0 = x;
      y0 = y;
    }
  }

  private static float spline(float a, float b, float c, float d, float t) {
    return 0.5f
        * (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
  }

  /** Inks the pixels whose centre is at most a pen's radius from the segment, fading at its rim. */
  private void segment(float x0, float y0, float x1, float y1) {
    float reach = radius + 0.5f;
    int left = Math.max(0, (int) (Math.min(x0, x1) - reach));
    int right = Math.min(SIDE - 1, (int) (Math.max(x0, x1) + reach));
    int top = Math.max(0, (int) (Math.min(y0, y1) - reach));
    int bottom = Math.min(SIDE - 1, (int) (Math.max(y0, y1) + reach));
    float dx = x1 - x0;
    float dy = y1 - y0;
    float length2 = dx * dx + dy * dy;
    float inverse = length2 > 0 ? 1 / length2 : 0;
    for (int row = top; row <= bottom; row++) {
      float py = row + 0.5f - y0;
      for (int column = left; column <= right; column++) {
        float px = column + 0.5f - x0;
        float t = Math.clamp((px * dx + py * dy) * inverse, 0f, 1f);
        float ex = px - t * dx;
        float ey = py - t * dy;
        float distance2 = ex * ex + ey * ey;
        if (distance2 < reach * reach) {
          float strength = Math.min(1, reach - (float) Math.sqrt(distance2));
          int pixel = row * SIDE + column;
          ink[pixel] = Math.max(ink[pixel], strength);
        }
      }
    }
  }

  /** Turns ink to bytes, with a sample's own darkness and noise. */
  private void develop(byte[] pixels) {
    float contrast = random.uniform(0.6f, 1f);
    float noise = random.uniform(0, MOST_NOISE);
    for (int i = 0; i < ink.length; i++) {
      float value = contrast * ink[i] + noise * random.normal();
      pixels[i] = (byte) (int) (255 * Math.clamp(value, 0f, 1f) + 0.5f);
    }
  }
}
