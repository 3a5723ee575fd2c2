package dev.lamina.probe;

import dev.lamina.cuda.lt.CublasException;
import dev.lamina.cuda.lt.Epilogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which epilogues get algorithms, for which types, in the layouts that training has. */
final class EpilogueQuestion implements Question {
  private static final int WANTED = 16;

  @Override
  public String name() {
    return "epilogues";
  }

  @Override
  public List<Answer> ask(ProbeGpu gpu) {
    List<Answer> answers = new ArrayList<>();
    for (ProbeType type : ProbeType.values()) {
      List<String> found = new ArrayList<>();
      List<String> none = new ArrayList<>();
      Answer answer = Answer.of("");
      for (Epilogue epilogue : Epilogue.values()) {
        String name = epilogue.name().toLowerCase(Locale.ROOT);
        Object count = count(gpu, type, epilogue);
        answer = answer.with(name, count);
        if (count.equals(0) || count instanceof String) {
          none.add(name);
        } else {
          found.add(name);
        }
      }
      String says = type + ": algorithms for " + String.join(" ", found);
      answers.add(
          new Answer(says + "; none for " + String.join(" ", none), answer.values())
              .with("type", type.name()));
    }
    return answers;
  }

  // A row-major layer's forward product, its input gradient, or its weight gradient.
  private static Object count(ProbeGpu gpu, ProbeType type, Epilogue epilogue) {
    boolean weights = epilogue == Epilogue.BGRADA || epilogue == Epilogue.BGRADB;
    boolean gradient = epilogue.name().startsWith("D") && epilogue != Epilogue.DEFAULT;
    try (ProbeProduct product =
        new ProbeProduct(gpu, type, epilogue, !weights && !gradient, weights, 512, 128, 784)) {
      return product.algorithms(WANTED).size();
    } catch (CublasException e) {
      return e.getMessage();
    }
  }
}
