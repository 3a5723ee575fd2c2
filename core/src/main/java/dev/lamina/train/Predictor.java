package dev.lamina.train;

import dev.lamina.data.Dataset;
import dev.lamina.loss.Loss;
import dev.lamina.nn.Model;
import dev.lamina.type.ShapeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Predicts with a model: without gradients, dropout or saved activations. What comes out is a
 * probability for each class where the model was trained on a cross-entropy, else the model's
 * output itself.
 *
 * <p>Any number of threads may share a predictor. While one batch is computed, the requests that
 * arrive meanwhile wait and then are computed together, in the order of their arrival: many threads
 * with small requests get far more answers in a second than one thread does. In which batch a
 * sample is computed may change the last bits of its answer, and nothing else, as long as every
 * layer computes a row from that row alone, which Lamina's do.
 *
 * <p>The model may be trained meanwhile, by another thread: a batch is computed with the parameters
 * as they are between two steps.
 *
 * <p>Memory is bounded by the batch size, whatever the requests: batches are rounded up to a power
 * of two, so there are few programs, which are made when they are first needed.
 */
public final class Predictor implements AutoCloseable {
  private final Model model;
  private final int batchSize;
  private final PredictionPrograms programs;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  // All below belong to the lock.
  private final Deque<PredictionRequest> waiting = new ArrayDeque<>();
  private boolean computing;
  private boolean closed;

  /**
   * A predictor.
   *
   * @param model must stay open as long as the predictor
   * @param loss that the model was trained on
   * @param batchSize how many samples are computed at once, from 1; more of them take several
   *     batches
   */
  public Predictor(Model model, Loss loss, int batchSize) {
    this.model = model;
    this.batchSize = BatchSize.checked(batchSize);
    programs = new PredictionPrograms(model, loss, this.batchSize);
  }

  /**
   * Predicts all samples of a data set: [samples, outputs], row-major.
   *
   * @throws ShapeException if it has another number of features than the model has inputs
   * @throws IllegalStateException if the predictor is closed
   */
  public float[] predict(Dataset data) {
    if (data.features() != model.inputs()) {
      throw new ShapeException(
          data.source()
              + " has "
              + data.features()
              + " features and the model "
              + model.inputs()
              + " inputs; they must be equal");
    }
    float[] result = new float[Math.multiplyExact(data.size(), model.outputs())];
    float[] row = new float[model.inputs()];
    for (int first = 0; first < data.size(); first += batchSize) {
      int count = Math.min(batchSize, data.size() - first);
      float[] batch = new float[Math.multiplyExact(count, model.inputs())];
      for (int i = 0; i < count; i++) {
        data.copyRow(first + i, row);
        System.arraycopy(row, 0, batch, i * row.length, row.length);
      }
      float[] predicted = predict(batch);
      System.arraycopy(predicted, 0, result, first * model.outputs(), predicted.length);
    }
    return result;
  }

  /**
   * Predicts samples that are given as they were given to training, after preprocessing. The array
   * must not change meanwhile.
   *
   * @param samples [n, inputs], row-major
   * @return [n, outputs], row-major
   * @throws ShapeException if the array holds no whole number of samples, or none
   * @throws IllegalStateException if the predictor is closed, before or while the samples wait
   */
  public float[] predict(float[] samples) {
    int count = samples.length / model.inputs();
    if (count == 0 || count * model.inputs() != samples.length) {
      throw new ShapeException(
          "prediction of "
              + samples.length
              + " numbers: expected a multiple of the model's "
              + model.inputs()
              + " inputs");
    }
    float[] predictions = new float[Math.multiplyExact(count, model.outputs())];
    lock.lock();
    try {
      if (closed) {
        throw closed();
      }
      PredictionRequest request =
          new PredictionRequest(samples, predictions, count, lock.newCondition());
      waiting.addLast(request);
      while (!request.isDone()) {
        if (computing) {
          request.await();
        } else {
          computeBatch();
        }
      }
      request.throwFailure();
      return predictions;
    } finally {
      lock.unlock();
    }
  }

  /** Computes what waits, up to a batch, without holding the lock meanwhile. */
  private void computeBatch() {
    List<PredictionRequest.Part> batch = takeBatch();
    Throwable failure = null;
    computing = true;
    lock.unlock();
    try {
      programs.run(batch);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      lock.lock();
      computing = false;
    }
    for (PredictionRequest.Part part : batch) {
      part.end(failure);
    }
    waiting.removeIf(PredictionRequest::isDone); // of one that failed, the rest
    idle.signalAll();
    if (!waiting.isEmpty()) {
      waiting.getFirst().wake();
    }
  }

  private List<PredictionRequest.Part> takeBatch() {
    List<PredictionRequest.Part> batch = new ArrayList<>();
    int room = batchSize;
    while (room > 0 && !waiting.isEmpty()) {
      PredictionRequest request = waiting.getFirst();
      PredictionRequest.Part part = request.take(room);
      batch.add(part);
      room -= part.count();
      if (request.isTaken()) {
        waiting.removeFirst();
      }
    }
    return batch;
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the predictor is closed");
  }

  /**
   * Waits for the batch that is computed, refuses the requests that still wait, and frees all
   * memory; closing twice does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.forEach(request -> request.fail(closed()));
      waiting.clear();
      while (computing) {
        idle.awaitUninterruptibly();
      }
      programs.close();
    } finally {
      lock.unlock();
    }
  }
}
