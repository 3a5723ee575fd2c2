package dev.lamina.cli;

import dev.lamina.Quote;
import dev.lamina.train.EpochReport;
import dev.lamina.train.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A line for each epoch and, on a terminal, a progress bar below them while training lasts. */
final class TextDisplay implements Display {
  private static final int REFRESH_MILLIS = 200;

  private final PrintWriter out;
  private final boolean terminal;
  private final int epochs;
  private final ProgressLine line = new ProgressLine();
  private ConsoleProgressBarConsumer consumer;
  private ProgressBar bar;

  /**
   * A display.
   *
   * @param terminal whether {@code out} ends in standard output and that is a terminal
   */
  TextDisplay(PrintWriter out, boolean terminal, int epochs) {
    this.out = out;
    this.terminal = terminal;
    this.epochs = epochs;
  }

  @Override
  public void onStart(String summary, Map<String, Object> facts) {
    out.println(Quote.message(summary));
    out.flush();
  }

  @Override
  public void onProgress(Progress progress) {
    if (!terminal) {
      return;
    }
    line.progress(progress);
    if (bar == null) {
      consumer = new ConsoleProgressBarConsumer(System.out);
      bar =
          new ProgressBarBuilder()
              .setInitialMax(progress.steps() * epochs)
              .setRenderer(line)
              .setConsumer(consumer)
              .setUpdateIntervalMillis(REFRESH_MILLIS)
              .clearDisplayOnFinish()
              .build();
    }
    // An epoch may have a step more than another.
    bar.maxHint(progress.steps() * epochs);
    bar.stepTo((progress.epoch() - 1) * progress.steps() + progress.step());
  }

  @Override
  public void onEpoch(EpochReport report, Scores validation) {
    String text =
        String.format(
            Locale.ROOT,
            "epoch %d/%d: loss %.4f%s, %.1f s",
            report.epoch(),
            epochs,
            report.loss(),
            validation == null ? "" : ", validation " + validation + (report.best() ? " *" : ""),
            report.seconds());
    if (bar == null) {
      out.printf(Locale.ROOT, "%s, %,.0f samples/s%n", text, report.samplesPerSecond());
      out.flush();
      return;
    }
    if (validation != null) {
      line.accuracy(validation.accuracy());
    }
    // One write, for the bar is drawn by a thread of its own.
    int width = Math.max(1, consumer.getMaxRenderedLength());
    out.print("\r" + String.format("%-" + width + "s", text) + System.lineSeparator());
    out.flush();
    bar.refresh();
  }

  @Override
  public void onEnd(String summary, Map<String, Object> facts) {
    close();
    out.println(Quote.message(summary));
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
