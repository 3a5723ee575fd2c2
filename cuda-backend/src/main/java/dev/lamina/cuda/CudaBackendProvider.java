package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendOptions;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.BackendUnavailableException;
import dev.lamina.backend.DeviceReport;
import dev.lamina.cuda.natives.CudaLibraries;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.SearchStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Registers NVIDIA GPUs under the name {@code cuda}. */
public final class CudaBackendProvider implements BackendProvider {
  /** Above the CPU's. */
  private static final int PREFERENCE = 100;

  /** Made by the service loader. */
  public CudaBackendProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public List<DeviceReport> probe() {
    return switch (CudaLibraries.load(Environment.system())) {
      case CudaLibraries.Loaded loaded -> reports(loaded);
      case CudaLibraries.Unavailable unavailable ->
          List.of(
              new DeviceReport(
                  name(),
                  false,
                  "",
                  unavailable.reason(),
                  unavailable.remedy(),
                  Map.of(),
                  lines(unavailable)));
    };
  }

  private static List<DeviceReport> reports(CudaLibraries.Loaded loaded) {
    List<DeviceReport> reports = new ArrayList<>();
    for (int i = 0; i < loaded.devices(); i++) {
      try {
        reports.add(Gpu.query(i).report(loaded.details(), lines(loaded)));
      } catch (CudaException e) {
        reports.add(
            DeviceReport.unusable(
                "cuda:" + i, e.getMessage(), "Check that nvidia-smi lists it without an error"));
      }
    }
    return reports;
  }

  private static List<String> lines(CudaLibraries libraries) {
    return libraries.search().stream().map(SearchStep::toString).toList();
  }

  @Override
  public Backend open(BackendOptions options) {
    return switch (CudaLibraries.load(Environment.system())) {
      case CudaLibraries.Loaded loaded -> open(loaded, options);
      case CudaLibraries.Unavailable unavailable ->
          throw new BackendUnavailableException(name(), unavailable.reason(), unavailable.remedy());
    };
  }

  private static Backend open(CudaLibraries.Loaded loaded, BackendOptions options) {
    int index = options.index();
    int count = loaded.devices();
    if (index >= count) {
      throw new BackendUnavailableException(
          "cuda:" + index,
          "there " + (count == 1 ? "is 1 GPU" : "are " + count + " GPUs"),
          "Choose cuda:0" + (count == 1 ? "" : " to cuda:" + (count - 1)));
    }
    Gpu gpu = Gpu.query(index);
    DeviceReport report = gpu.report(Map.of(), List.of());
    if (!report.usable()) {
      throw new BackendUnavailableException(report);
    }
    return new CudaBackend(loaded, gpu, CudaOptions.of(options));
  }
}
