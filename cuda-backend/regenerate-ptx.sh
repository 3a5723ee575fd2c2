#!/usr/bin/env bash
# Compiles the kernels in src/main/cuda to PTX and writes their hashes beside it. nvcc's output is
# the same byte for byte each time, so the checked-in files can be compared with a fresh run.
#
#   regenerate-ptx.sh            writes to src/main/resources/dev/lamina/cuda/ptx
#   regenerate-ptx.sh FOLDER     writes there
#
# PTX for compute 7.5 runs on every GPU from Turing on. nvcc 13 labels it ISA 9.0, which only
# drivers from R580 on accept; labelled 8.0 it loads from R525 on, and ptxas, which rejects what is
# newer than the label, shows that nothing in it is.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C

out=$(mkdir -p "${1:-src/main/resources/dev/lamina/cuda/ptx}" && cd "${1:-src/main/resources/dev/lamina/cuda/ptx}" && pwd)
cd src/main/cuda

compile() { # source, output name, further options
  nvcc -std=c++17 -arch=compute_75 -ptx "${@:3}" "$1" -o "$out/$2.ptx"
  sed -i 's/^\.version 9\.[0-9]*$/.version 8.0/' "$out/$2.ptx"
}

limit() { # at most one compilation for each core at once
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
    wait -n
  done
}

rm -f "$out"/*.ptx "$out/kernels.sha256"
for source in floating/*.cu; do
  case $(basename "$source") in
    optimizer.cu) storages=(f32 f64) ;; # never in bf16
    *) storages=(f32 f64 bf16) ;;
  esac
  for storage in "${storages[@]}"; do
    compile "$source" "$(basename "$source" .cu)_$storage" "-DSTORAGE_${storage^^}" &
    limit
  done
done
for source in plain/*.cu; do
  compile "$source" "$(basename "$source" .cu)" &
  limit
done
for job in $(jobs -p); do
  wait "$job"
done
{
  sha256sum ./*.cuh floating/*.cu plain/*.cu | sed 's|  \./|  |'
  (cd "$out" && sha256sum -- *.ptx)
} > "$out/kernels.sha256"
