package dev.lamina.cpu;

import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.cpu.onednn.DnnlLibrary;
import dev.lamina.cpu.onednn.MatmulCache;
import java.util.ArrayList;
import java.util.List;

/**
 * The ladder: which implementations of matrix products and of everything else are used, why not
 * better ones, and what that costs.
 */
final class Implementations implements AutoCloseable {
  private final GemmBinder gemm;
  private final Kernels kernels;
  private final MatmulCache matmuls;
  private OneDnnGemm oneDnn;
  private final List<String> notes = new ArrayList<>();

  Implementations(WorkerPool pool, Choice gemmChoice, Choice kernelsChoice) {
    boolean vector = VectorModule.present();
    if (!vector && (gemmChoice == Choice.VECTOR || kernelsChoice == Choice.VECTOR)) {
      throw new BackendUnavailableException(
          "cpu", "the Vector API was asked for and is not there", VectorModule.REMEDY);
    }
    if (!vector) {
      notes.add(VectorModule.NOTE);
    }
    boolean vectorKernels = vector && kernelsChoice != Choice.PLAIN;
    WarmUp.start(vectorKernels);
    kernels = vectorKernels ? new VectorKernels() : new PlainKernels();
    List<GemmRung> rungs = new ArrayList<>();
    matmuls = openOneDnn(pool, gemmChoice, vector);
    if (matmuls != null) {
      oneDnn = new OneDnnGemm(pool, matmuls);
      rungs.add(oneDnn);
    }
    if (vector && gemmChoice != Choice.PLAIN) {
      rungs.add(new PackedGemm(pool, true));
    }
    rungs.add(new PackedGemm(pool, false));
    gemm = new GemmBinder(rungs, kernels, vectorKernels);
  }

  private MatmulCache openOneDnn(WorkerPool pool, Choice choice, boolean vector) {
    if (choice != Choice.AUTO && choice != Choice.ONEDNN) {
      return null;
    }
    DnnlLibrary.Status status = DnnlLibrary.status();
    if (status.usable()) {
      if (!status.note().isEmpty()) {
        notes.add(status.note());
      }
      return new MatmulCache(pool.threads());
    }
    if (choice == Choice.ONEDNN) {
      throw new BackendUnavailableException(
          "cpu", "oneDNN was asked for and is not there: " + status.description(), status.remedy());
    }
    notes.add(
        "matrix products run "
            + (vector
                ? "through the Vector API, at about half the speed of oneDNN: "
                : "in plain Java, at about a tenth of the speed of oneDNN: ")
            + status.description()
            + ". "
            + status.remedy());
    return null;
  }

  /** How matrices are multiplied. */
  GemmBinder gemm() {
    return gemm;
  }

  /** How everything else is done. */
  Kernels kernels() {
    return kernels;
  }

  /** What the user should know; usually nothing. */
  List<String> notes() {
    return notes;
  }

  @Override
  public void close() {
    if (matmuls != null) {
      oneDnn.close();
      matmuls.close();
    }
  }
}
