package dev.lamina.cli;

import dev.lamina.train.Progress;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/**
 * The line that tells how far a run is: epoch, share, loss, accuracy, samples per second and the
 * time left; a bar takes what room remains.
 */
final class ProgressLine implements ProgressBarRenderer {
  private static final int LONGEST_BAR = 40;
  private static final int SHORTEST_BAR = 5;

  private volatile Progress progress;
  private volatile double accuracy = Double.NaN;

  void progress(Progress latest) {
    progress = latest;
  }

  /** The latest accuracy on held-out data, NaN if there is none. */
  void accuracy(double latest) {
    accuracy = latest;
  }

  @Override
  public String render(ProgressState state, int width) {
    Progress latest = progress;
    if (latest == null) {
      return "";
    }
    double share = state.getNormalizedProgress();
    String head =
        String.format(
            Locale.ROOT, "epoch %d/%d %3.0f%%", latest.epoch(), latest.epochs(), 100 * share);
    String tail =
        String.format(
            Locale.ROOT,
            "loss %.4f%s %,.0f samples/s %s left",
            latest.loss(),
            Double.isNaN(accuracy) ? "" : String.format(Locale.ROOT, " acc %.2f%%", 100 * accuracy),
            latest.samplesPerSecond(),
            clock(left(state.getTotalElapsed(), share)));
    int room = Math.min(LONGEST_BAR, width - head.length() - tail.length() - 4);
    String line = head + (room < SHORTEST_BAR ? " " : bar(room, share)) + tail;
    return line.length() <= width ? line : line.substring(0, Math.max(0, width));
  }

  private static Duration left(Duration elapsed, double share) {
    return share <= 0
        ? Duration.ZERO
        : Duration.ofMillis(Math.round(elapsed.toMillis() * (1 - share) / share));
  }

  private static String bar(int room, double share) {
    int done = (int) Math.round(room * share);
    return " [" + "=".repeat(done) + " ".repeat(room - done) + "] ";
  }

  private static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutesPart(), time.toSecondsPart());
  }
}
