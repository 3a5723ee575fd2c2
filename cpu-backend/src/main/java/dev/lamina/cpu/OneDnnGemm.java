package dev.lamina.cpu;

import dev.lamina.cpu.onednn.Matmul;
import dev.lamina.cpu.onednn.MatmulCache;
import dev.lamina.cpu.onednn.MatmulSpec;
import dev.lamina.type.DType;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** FP32 products by oneDNN, single-threaded per tile. */
final class OneDnnGemm implements GemmRung {
  private final WorkerPool pool;
  private final MatmulCache cache;

  OneDnnGemm(WorkerPool pool, MatmulCache cache) {
    this.pool = pool;
    this.cache = cache;
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public Tiling tiling(GemmProblem p) {
    return Tiling.of(p.m(), p.n(), p.k(), 512, 512);
  }

  @Override
  public TileProduct bind(GemmProblem p, Tiling tiling, Workspace workspace) {
    if (p.dtype() != DType.FP32) {
      return null;
    }
    int chunks = tiling.chunks();
    Matmul[] matmuls = new Matmul[chunks];
    long scratchBytes = 1;
    for (int chunk = 0; chunk < chunks; chunk++) {
      matmuls[chunk] = cache.get(spec(p, tiling.rows(chunk), tiling.columns(chunk)));
      if (matmuls[chunk] == null) {
        return null;
      }
      scratchBytes = Math.max(scratchBytes, matmuls[chunk].scratchpadBytes());
    }
    long perSlot = Math.ceilDiv(scratchBytes, 4096L) * 4096;
    MemorySegment scratch = cache.scratch(perSlot);
    Map<Matmul, MemorySegment[]> scratchpads = new HashMap<>();
    Tile[] tiles = new Tile[chunks];
    for (int chunk = 0; chunk < chunks; chunk++) {
      MemorySegment[] own =
          scratchpads.computeIfAbsent(
              matmuls[chunk], matmul -> scratchpads(matmul, scratch, perSlot, workspace));
      tiles[chunk] = new Tile(call(p, tiling, chunk, matmuls[chunk], workspace), own);
    }
    return new Product(p, tiling, tiles);
  }

  private MemorySegment[] scratchpads(
      Matmul matmul, MemorySegment scratch, long perSlot, Workspace workspace) {
    MemorySegment[] result = new MemorySegment[pool.threads()];
    for (int slot = 0; slot < result.length; slot++) {
      result[slot] = matmul.scratchpad(scratch.asSlice(slot * perSlot, perSlot), workspace.arena());
    }
    return result;
  }

  private static MatmulSpec spec(GemmProblem p, int rows, int columns) {
    return new MatmulSpec(
        rows,
        columns,
        p.k(),
        p.aRow(),
        p.aColumn(),
        p.bRow(),
        p.bColumn(),
        p.n(),
        (float) p.alpha(),
        (float) p.beta(),
        p.bias() != null);
  }

  private static Matmul.Call call(
      GemmProblem p, Tiling tiling, int chunk, Matmul matmul, Workspace workspace) {
    long row = tiling.row(chunk);
    long column = tiling.column(chunk);
    return matmul.bind(
        p.a().asSlice(row * p.aRow() * Float.BYTES),
        p.b().asSlice(column * p.bColumn() * Float.BYTES),
        p.bias() == null ? MemorySegment.NULL : p.bias().asSlice(column * Float.BYTES),
        p.d().asSlice((row * p.n() + column) * Float.BYTES),
        workspace.arena());
  }

  private record Tile(Matmul.Call call, MemorySegment[] scratchpads) {}

  private final class Product implements TileProduct {
    private final GemmProblem problem;
    private final Tiling tiling;
    private final Tile[] tiles;

    Product(GemmProblem problem, Tiling tiling, Tile[] tiles) {
      this.problem = problem;
      this.tiling = tiling;
      this.tiles = tiles;
    }

    @Override
    public void run(int chunk) {
      if (problem.separateC()) {
        copyC(chunk);
      }
      int slot = pool.slot();
      Tile tile = tiles[chunk];
      tile.call.run(cache.stream(slot), tile.scratchpads[slot]);
    }

    /** oneDNN adds what the destination holds. */
    private void copyC(int chunk) {
      long bytes = (long) tiling.columns(chunk) * Float.BYTES;
      int end = tiling.row(chunk) + tiling.rows(chunk);
      for (int row = tiling.row(chunk); row < end; row++) {
        long offset = ((long) row * problem.n() + tiling.column(chunk)) * Float.BYTES;
        MemorySegment.copy(problem.c(), offset, problem.d(), offset, bytes);
      }
    }
  }
}
