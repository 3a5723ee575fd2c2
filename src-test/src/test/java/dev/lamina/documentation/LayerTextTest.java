package dev.lamina.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Value;
import dev.lamina.nn.BatchNorm;
import dev.lamina.nn.BuildContext;
import dev.lamina.nn.Dropout;
import dev.lamina.nn.GELU;
import dev.lamina.nn.Identity;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Linear;
import dev.lamina.nn.NamedInitializers;
import dev.lamina.nn.ReLU;
import dev.lamina.nn.Sequential;
import dev.lamina.nn.Sigmoid;
import dev.lamina.nn.Softmax;
import dev.lamina.nn.Tanh;
import dev.lamina.op.Activation;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a layer prints is Java that makes it. */
class LayerTextTest {
  @TempDir private Path folder;

  private static List<Layer> layers() {
    List<Layer> layers =
        new ArrayList<>(
            List.of(
                new BatchNorm(5),
                new BatchNorm(5, 1e-3, 0.25),
                new Dropout(0.1),
                new GELU(),
                new Identity(),
                new ReLU(),
                new Sigmoid(),
                new Softmax(),
                new Tanh(),
                new Linear(784, 256),
                new Sequential(),
                Sequential.mlp(7, List.of(5, 3), 2, Activation.GELU, 0.25),
                new Sequential(new Sequential(new Linear(2, 2), new Tanh()), new Dropout(0))));
    for (Activation activation : Activation.values()) {
      layers.add(new Linear(3, 2, activation));
      for (Initializer initializer : initializers()) {
        layers.add(new Linear(3, 2, true, activation, initializer));
        layers.add(new Linear(3, 2, false, activation, initializer));
        layers.add(new Linear(3, 2, true, activation, Initializer.HE_NORMAL, initializer));
      }
    }
    return layers;
  }

  private static List<Initializer> initializers() {
    List<Initializer> all = new ArrayList<>(NamedInitializers.all().values());
    all.add(new Initializer.Constant(0.1));
    all.add(new Initializer.Uniform(-1, 1e-20));
    all.add(new Initializer.Normal(0, 0.02));
    all.add(
        new Initializer.VarianceScaling(3, Initializer.Fan.OUT, Initializer.Distribution.UNIFORM));
    return all;
  }

  @Test
  void compilesToAnEqualLayer() throws Exception {
    List<Layer> layers = layers();
    String source =
        layers.stream()
            .map(Layer::toString)
            .collect(
                Collectors.joining(
                    ",\n",
                    """
                    import dev.lamina.nn.*;
                    import dev.lamina.op.Activation;

                    public class Layers {
                      public static final java.util.List<Layer> ALL =
                          java.util.List.of(new Layer[] {
                    """,
                    "});\n}\n"));
    Path file = Files.writeString(folder.resolve("Layers.java"), source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", System.getProperty("java.class.path"), file.toString());
    assertEquals(0, status, source);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      assertEquals(layers, loader.loadClass("Layers").getField("ALL").get(null));
    }
  }

  @Test
  void saysNoMoreThanItMust() {
    assertEquals(
        "new Sequential(new Linear(784, 256), new ReLU(), new Linear(256, 10, Activation.TANH))",
        new Sequential(new Linear(784, 256), new ReLU(), new Linear(256, 10, Activation.TANH))
            .toString());
  }

  /** What an IDE shows of a jar without sources. */
  @Test
  void parametersHaveNames() throws NoSuchMethodException {
    Method method = Layer.class.getMethod("build", BuildContext.class, Value.class);
    assertTrue(method.getParameters()[1].isNamePresent(), "compiled with -parameters");
    assertEquals("x", method.getParameters()[1].getName());
  }
}
