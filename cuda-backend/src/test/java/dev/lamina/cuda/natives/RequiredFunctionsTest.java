package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequiredFunctionsTest {
  @Test
  void namesWhatJCudaImports() throws Exception {
    Set<String> driver = imports(JCudaNatives.driverName());
    Set<String> cublas = imports(JCudaNatives.cublasName());
    assertEquals(312, driver.stream().filter(n -> n.startsWith("cu")).count());
    assertEquals(List.of(), lacking(RequiredFunctions.DRIVER, driver));
    assertEquals(List.of(), lacking(RequiredFunctions.CUBLAS, cublas));
  }

  /** Every function of JCuda that the backend's classes call is looked up before. */
  @Test
  void namesWhatTheBackendCalls() throws Exception {
    Set<String> required = new HashSet<>(RequiredFunctions.DRIVER);
    required.addAll(RequiredFunctions.CUBLAS);
    Set<String> imported = imports(JCudaNatives.driverName());
    imported.addAll(imports(JCudaNatives.cublasName()));
    Set<String> unlisted = new TreeSet<>();
    for (String call : calls(classes())) {
      if (symbols(call, imported).stream().noneMatch(required::contains)) {
        unlisted.add(call + " -> " + symbols(call, imported));
      }
    }
    assertEquals(Set.of(), unlisted, "add these to RequiredFunctions");
  }

  @Test
  void seesCalls() throws Exception {
    Path probe = classes().resolveSibling("test-classes");
    Set<String> calls = calls(probe);
    assertTrue(
        calls.containsAll(Set.of("cublasCreate", "cublasGetVersion", "cuDriverGetVersion")),
        calls::toString);
  }

  // JCuda drops the suffixes that NVIDIA's headers add to a name, and adds one of its own.
  private static List<String> symbols(String call, Set<String> imported) {
    String name = call.endsWith("_new") ? call.substring(0, call.length() - 4) : call;
    List<String> names = new ArrayList<>();
    for (String suffix : List.of("", "_v2", "_v3", "WithFlags")) {
      if (imported.contains(name + suffix)) {
        names.add(name + suffix);
      }
    }
    return names;
  }

  private static List<String> lacking(List<String> required, Set<String> imported) {
    return required.stream().filter(n -> !imported.contains(n)).toList();
  }

  private static Set<String> imports(String library) throws Exception {
    byte[] bytes = JCudaNatives.resource(Environment.system(), library);
    return new HashSet<>(ElfImage.of(MemorySegment.ofArray(bytes)).imports());
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(
        RequiredFunctions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Set<String> calls(Path folder) throws IOException {
    Set<String> calls = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        for (MethodModel method : ClassFile.of().parse(Files.readAllBytes(file)).methods()) {
          method.code().ifPresent(code -> addCalls(code, calls));
        }
      }
    }
    return calls;
  }

  private static void addCalls(CodeModel code, Set<String> calls) {
    for (var element : code) {
      if (element instanceof InvokeInstruction invoke) {
        String owner = invoke.owner().asInternalName();
        String name = invoke.name().stringValue();
        if ((owner.equals("jcuda/driver/JCudaDriver") || owner.equals("jcuda/jcublas/JCublas2"))
            && name.startsWith("cu")) {
          calls.add(name);
        }
      }
    }
  }
}
