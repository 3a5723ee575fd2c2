package dev.lamina.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.LaminaException;
import dev.lamina.cuda.formula.FormulaCompiler;
import dev.lamina.cuda.formula.FormulaKernel;
import dev.lamina.cuda.natives.Environment;
import dev.lamina.cuda.natives.NvrtcLibrary;
import dev.lamina.cuda.nvrtc.Nvrtc;
import dev.lamina.formula.Formula;
import dev.lamina.formula.FormulaBuilder;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of formulas as the emulated NVRTC compiles them, and the cache of them. */
@SuppressWarnings("restricted")
class FormulaCompilerTest extends EmulatedDevice {
  @TempDir private Path home;

  private FormulaCompiler compiler() {
    Path path = emulator.libraries().resolve("libnvrtc.so.13");
    Nvrtc nvrtc = Nvrtc.bind(SymbolLookup.libraryLookup(path, Arena.global()));
    Environment environment =
        new Environment(
            Map.of("user.home", home.toString(), "java.io.tmpdir", home.toString()),
            Map.of("HOME", home.toString(), "XDG_CACHE_HOME", home.resolve("cache").toString()),
            Path.of("/"),
            List::of,
            _ -> null);
    return new FormulaCompiler(Optional.of(new NvrtcLibrary(nvrtc, path, "test")), environment);
  }

  private static Formula formula() {
    FormulaBuilder f = new FormulaBuilder();
    f.output(f.full(DType.FP32).tanh().plus(f.row(DType.FP32)), DType.FP32);
    return f.build();
  }

  @Test
  void laterProcessesTakeWhatWasCompiled() {
    FormulaKernel kernel = FormulaKernel.of(formula());
    String ptx = compiler().ptx(kernel);
    assertTrue(ptx.contains(".entry " + kernel.name()), ptx);
    assertTrue(ptx.contains(".version 8.0"), "every driver from R525 on reads it");
    emulator.set("unsupported", "nvrtcCreateProgram");
    assertEquals(ptx, compiler().ptx(kernel));
  }

  @Test
  void whatDoesNotCompileIsToldWithTheCompilersMessagesAndTheFormula() {
    FormulaKernel kernel = FormulaKernel.of(formula());
    String broken = kernel.function().replace("tanh_of(", "no_such_function(");
    FormulaKernel wrong =
        new FormulaKernel(
            kernel.formula(),
            "formula_wrong",
            broken,
            kernel.parameters(),
            kernel.group(),
            Optional.empty());
    FormulaCompiler compiler = compiler();
    String message = assertThrows(LaminaException.class, () -> compiler.ptx(wrong)).getMessage();
    assertTrue(message.startsWith("NVRTC 13.0 did not compile the kernel of the formula"), message);
    assertTrue(message.contains("= tanh(x0)"), message);
    assertTrue(message.contains("no_such_function"), message);
  }
}
