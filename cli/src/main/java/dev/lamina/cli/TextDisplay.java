package dev.lamina.cli;

import dev.lamina.train.EpochReport;
import dev.lamina.train.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A line for each epoch and, on a terminal, a progress bar while it lasts. */
final class TextDisplay implements Display {
  private final PrintWriter out;
  private final boolean terminal;
  private final int epochs;
  private ProgressBar bar;
  private double accuracy = Double.NaN;

  TextDisplay(PrintWriter out, boolean terminal, int epochs) {
    this.out = out;
    this.terminal = terminal;
    this.epochs = epochs;
  }

  @Override
  public void onStart(String summary, Map<String, Object> facts) {
    out.println(summary);
    out.flush();
  }

  @Override
  public void onProgress(Progress progress) {
    if (!terminal) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("training")
              .setInitialMax(progress.steps() * epochs)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .build();
    }
    bar.stepTo((progress.epoch() - 1) * progress.steps() + progress.step());
    bar.setExtraMessage(
        String.format(
            Locale.ROOT,
            " loss %.4f%s %,.0f samples/s",
            progress.loss(),
            Double.isNaN(accuracy) ? "" : String.format(Locale.ROOT, " acc %.2f%%", 100 * accuracy),
            progress.samplesPerSecond()));
  }

  @Override
  public void onEpoch(EpochReport report) {
    String validation =
        report.validation() == null
            ? ""
            : ", validation " + Scores.of(report.validation()) + (report.best() ? " *" : "");
    if (report.validation() != null) {
      accuracy = report.validation().accuracy();
    }
    if (terminal && bar != null) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "epoch %d/%d: loss %.4f%s, %.1f s, %,.0f samples/s%n",
        report.epoch(),
        epochs,
        report.loss(),
        validation,
        report.seconds(),
        report.samplesPerSecond());
    out.flush();
  }

  @Override
  public void onEnd(String summary, Map<String, Object> facts) {
    close();
    out.println(summary);
    out.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
