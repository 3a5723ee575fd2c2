package dev.lamina.cpu;

import dev.lamina.cpu.onednn.Matmul;
import dev.lamina.cpu.onednn.MatmulCache;
import dev.lamina.cpu.onednn.MatmulSpec;
import dev.lamina.type.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * FP32 products by oneDNN, single-threaded per tile.
 *
 * <p>oneDNN's objects for operands are native. Products that run once keep theirs for the next one
 * of the same shape, which only changes the addresses.
 */
final class OneDnnGemm implements GemmRung, AutoCloseable {
  /** So many shapes of products that run once are kept. */
  private static final int KEPT = 256;

  private final WorkerPool pool;
  private final MatmulCache cache;
  private final Map<MatmulSpec, Prepared> prepared =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MatmulSpec, Prepared> eldest) {
          if (size() > KEPT) {
            eldest.getValue().arena.close();
            return true;
          }
          return false;
        }
      };

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
    return switch (workspace) {
      case OwnWorkspace own -> {
        Tile[] tiles = tiles(p, tiling, own.arena());
        yield tiles == null ? null : new Product(p, tiling, tiles);
      }
      case SharedWorkspace _ -> once(p, tiling);
    };
  }

  private Product once(GemmProblem p, Tiling tiling) {
    MatmulSpec shape = spec(p, p.m(), p.n());
    Prepared known = prepared.get(shape);
    if (known != null) {
      for (int chunk = 0; chunk < known.tiles.length; chunk++) {
        Addresses at = Addresses.of(p, tiling, chunk);
        known.tiles[chunk].call.rebind(at.a, at.b, at.bias, at.d);
      }
      return new Product(p, tiling, known.tiles);
    }
    if (matmul(p, tiling, 0) == null) {
      return null; // each time, so without an arena
    }
    Arena arena = Arena.ofShared();
    Tile[] tiles = null;
    try {
      tiles = tiles(p, tiling, arena);
    } finally {
      if (tiles == null) {
        arena.close();
      }
    }
    if (tiles == null) {
      return null;
    }
    prepared.put(shape, new Prepared(tiles, arena));
    return new Product(p, tiling, tiles);
  }

  /** The native objects of a product, null where oneDNN has no fast one. */
  private Tile[] tiles(GemmProblem p, Tiling tiling, Arena arena) {
    int chunks = tiling.chunks();
    Matmul[] matmuls = new Matmul[chunks];
    long scratchBytes = 1;
    for (int chunk = 0; chunk < chunks; chunk++) {
      matmuls[chunk] = matmul(p, tiling, chunk);
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
              matmuls[chunk], matmul -> scratchpads(matmul, scratch, perSlot, arena));
      Addresses at = Addresses.of(p, tiling, chunk);
      tiles[chunk] = new Tile(matmuls[chunk].bind(at.a, at.b, at.bias, at.d, arena), own);
    }
    return tiles;
  }

  private Matmul matmul(GemmProblem p, Tiling tiling, int chunk) {
    return cache.get(spec(p, tiling.rows(chunk), tiling.columns(chunk)));
  }

  private MemorySegment[] scratchpads(
      Matmul matmul, MemorySegment scratch, long perSlot, Arena arena) {
    MemorySegment[] result = new MemorySegment[pool.threads()];
    for (int slot = 0; slot < result.length; slot++) {
      result[slot] = matmul.scratchpad(scratch.asSlice(slot * perSlot, perSlot), arena);
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

  @Override
  public void close() {
    prepared.values().forEach(kept -> kept.arena.close());
    prepared.clear();
  }

  private record Tile(Matmul.Call call, MemorySegment[] scratchpads) {}

  /** The tiles of products of one shape, with the arena of their native objects. */
  private record Prepared(Tile[] tiles, Arena arena) {}

  /** Where the operands of a tile begin. */
  private record Addresses(MemorySegment a, MemorySegment b, MemorySegment bias, MemorySegment d) {
    static Addresses of(GemmProblem p, Tiling tiling, int chunk) {
      long row = tiling.row(chunk);
      long column = tiling.column(chunk);
      return new Addresses(
          p.a().asSlice(row * p.aRow() * Float.BYTES),
          p.b().asSlice(column * p.bColumn() * Float.BYTES),
          p.bias() == null ? MemorySegment.NULL : p.bias().asSlice(column * Float.BYTES),
          p.d().asSlice((row * p.n() + column) * Float.BYTES));
    }
  }

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
