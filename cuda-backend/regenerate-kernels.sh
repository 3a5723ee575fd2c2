#!/usr/bin/env bash
# Compiles the kernels in src/main/cuda, and those that are printed for the formulas of core's own
# layers and optimizers, to PTX, with their hashes beside it, and assembles the PTX to machine code:
# one zip file of cubins an architecture. nvcc's and ptxas's outputs are the same byte for byte each
# time, so the checked-in files can be compared with a fresh run. Takes half a minute on two cores;
# needs the CUDA toolkit 13, the JDK that builds Lamina, and core and cuda-backend compiled (mvn
# compile), which print the formulas' kernels.
#
#   regenerate-kernels.sh            writes to src/main/resources/dev/lamina/cuda
#   regenerate-kernels.sh FOLDER     writes there
#
# PTX for compute 7.5 runs on every GPU from Turing on. nvcc 13 labels it ISA 9.0, which only
# drivers from R580 on accept; labelled 8.0 it loads from R525 on, and ptxas, which rejects what is
# newer than the label, shows that nothing in it is.
#
# A cubin runs on its architecture and on later minor versions of it, so these four serve every GPU
# from Ampere on but Thor. Each zip holds its own record: the hashes of the PTX files that it was
# made from, and of the cubins. Double precision is for checks, and left to the driver's compiler.
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C
ARCHITECTURES=(sm_80 sm_90 sm_100 sm_120)

fail() {
  echo "regenerate-kernels: $*" >&2
  exit 2
}

command -v nvcc >/dev/null && command -v ptxas >/dev/null \
  || fail "nvcc and ptxas are not on the PATH: install the CUDA toolkit 13"
. ../scripts/find-java.sh
java=
find_java 25 && jar=${java%java}jar && [[ -x $jar ]] || fail "no JDK 25 found: set JAVA_HOME"

target=${1:-src/main/resources/dev/lamina/cuda}
mkdir -p "$target/ptx" "$target/cubin"
target=$(cd "$target" && pwd)
ptx=$target/ptx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printed=$work/printed
classes=../core/target/classes:target/classes
"$java" -cp "$classes" dev.lamina.cuda.formula.ShippedKernels "$printed" \
  || fail "the formulas' kernels cannot be printed: run mvn compile first"
cd src/main/cuda

compile() { # source, output name, further options
  nvcc -std=c++17 -arch=compute_75 -ptx "${@:3}" "$1" -o "$ptx/$2.ptx"
  sed -i 's/^\.version 9\.[0-9]*$/.version 8.0/' "$ptx/$2.ptx"
}

limit() { # at most one compilation for each core at once
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
    wait -n
  done
}

finish() { # fails where one of the compilations failed
  local job
  for job in $(jobs -p); do
    wait "$job"
  done
}

rm -f "$ptx"/*.ptx "$ptx/kernels.sha256" "$target"/cubin/*.zip
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
for storage in f32 f64; do
  compile formula/interpreter.cu "interpreter_$storage" "-DSTORAGE_${storage^^}" --fmad=false &
  limit
done
for source in "$printed"/*.cu; do
  compile "$source" "$(basename "$source" .cu)" -I. --fmad=false &
  limit
done
cp "$printed/formulas.txt" "$ptx/"
finish
{
  sha256sum ./*.cuh formula/*.cu floating/*.cu plain/*.cu | sed 's|  \./|  |'
  (cd "$ptx" && sha256sum -- *.ptx formulas.txt)
} > "$ptx/kernels.sha256"

shipped=()
for file in "$ptx"/*.ptx; do
  [[ $file == *_f64.ptx ]] || shipped+=("$(basename "$file" .ptx)")
done
for architecture in "${ARCHITECTURES[@]}"; do
  mkdir "$work/$architecture"
  for name in "${shipped[@]}"; do
    ptxas -arch="$architecture" "$ptx/$name.ptx" -o "$work/$architecture/$name.cubin" &
    limit
  done
done
finish
for architecture in "${ARCHITECTURES[@]}"; do
  cd "$work/$architecture"
  {
    (cd "$ptx" && sha256sum -- "${shipped[@]/%/.ptx}")
    sha256sum -- *.cubin
  } > kernels.sha256
  # A fixed date, for the same bytes each time.
  "$jar" --create --no-manifest --date=1980-01-01T00:00:02Z \
    --file "$target/cubin/$architecture.zip" kernels.sha256 *.cubin
done
