package dev.lamina.cuda.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.lt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.jcublas.cublasStatus;
import org.junit.jupiter.api.Test;

/** NVIDIA's own cuBLAS 13 has every function and number that the backend and JCublas use. */
class InstalledCublasTest {
  private static NativeLibrary load(String name, Arena arena) throws UnusableException {
    NativeLibrary.Attempt attempt =
        NativeLibrary.load(InstalledCuda.libraryOrSkip(name), name, arena);
    return assertInstanceOf(NativeLibrary.Success.class, attempt, attempt::toString).library();
  }

  @Test
  void hasEveryFunction() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      NativeLibrary lt = load(CublasLibrary.ltName(13), arena);
      NativeLibrary cublas = load(CublasLibrary.cublasName(13), arena);
      assertEquals(List.of(), RequiredFunctions.missing(lt.symbols(), CublasLt.FUNCTIONS));
      assertEquals(
          List.of(), RequiredFunctions.missing(cublas.symbols(), RequiredFunctions.CUBLAS));
      assertTrue(cublas.versioned(), "JCublas is bound to it as to libcublas.so.13");
      // JCublas binds each function when it is first called: what is missing ends the process.
      byte[] bytes = JCudaNatives.resource(Environment.system(), JCudaNatives.cublasName());
      List<String> imports =
          ElfImage.of(MemorySegment.ofArray(bytes)).imports().stream()
              .filter(name -> name.startsWith("cublas"))
              .toList();
      assertTrue(imports.size() > 400, () -> imports.size() + " functions");
      assertEquals(List.of(), RequiredFunctions.missing(cublas.symbols(), imports));
    }
  }

  @Test
  void numbersOfJcublasAreThose() throws Exception {
    CHeader header = new CHeader(InstalledCuda.headerOrSkip("cublas_api.h"));
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (Class<?> constants :
        List.of(
            cublasStatus.class,
            cublasOperation.class,
            cublasComputeType.class,
            cublasMath.class,
            cublasPointerMode.class,
            cublasGemmAlgo.class)) {
      for (Field field : constants.getFields()) {
        Integer expected = header.get(field.getName());
        if (expected != null) {
          compared++;
          if (field.getInt(null) != expected) {
            wrong.add(field.getName() + " is " + expected + ", not " + field.getInt(null));
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(compared > 60, compared + " compared");
  }
}
