#!/usr/bin/env bash
# Checks and measures Lamina on this machine's GPU, and on its CPU beside it. Made for the folder
# that scripts/gpu-bundle.sh writes. Every part runs even where another one fails.
set -u

usage() {
  cat <<'END'
usage: ./run-checks.sh [--out FOLDER] [--cuda-libraries FOLDER] [--only PARTS] [--quick] [--time-limit SECONDS]
                       [--precisions LIST]

  --out FOLDER             where the results go (default: results, in this folder)
  --cuda-libraries FOLDER  take CUDA's libraries from here: a CUDA installation, Python's site-packages, its
                           nvidia folder, or the folder with the libraries; several are separated by colons
  --only PARTS             some of devices,tests,losses,train,bench,jmh,pytorch (default: all, in this order)
  --quick                  shorter trainings and measurements
  --time-limit SECONDS     of each program that a part runs (default 1200)
  --precisions LIST        for the comparison with PyTorch (default fp32,tf32,bf16)

devices  what Lamina finds, and every step of its search
tests    operations, contract, gradients, training: on every device that can be used
losses   the first 100 losses of one run on the GPU and on the CPU, which may differ by rounding alone
train    MNIST, or generated digits: trained on both, results compared, the GPU's model evaluated on the CPU
bench    lamina bench at three sizes
jmh      the JMH benchmarks of whole training steps, and the device's ceilings
pytorch  the same steps in PyTorch, in turns with Lamina's; skipped where python3 has no PyTorch

Written: summary.txt, results.json, the JMH reports and logs.tar.gz, renewed after each part.
Exit code 0: all is well; 1: something failed; 2: nothing was run.
END
}

stop() {
  echo "run-checks: $1" >&2
  exit 2
}

PARTS="devices tests losses train bench jmh pytorch"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
out=$here/results
only=
quick=false
limit=1200
precisions=fp32,tf32,bf16
while [[ $# -gt 0 ]]; do
  case $1 in
    --quick)
      quick=true
      shift
      continue
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --out | --cuda-libraries | --only | --time-limit | --precisions)
      [[ $# -ge 2 ]] || stop "option $1 needs a value"
      ;;
    *)
      usage >&2
      stop "option $1 is unknown"
      ;;
  esac
  case $1 in
    --out) out=$2 ;;
    --cuda-libraries) export LAMINA_CUDA_LIBRARIES=$2 ;;
    --only) only=$2 ;;
    --time-limit) limit=$2 ;;
    --precisions) precisions=$2 ;;
  esac
  shift 2
done
for part in ${only//,/ }; do
  [[ " $PARTS " == *" $part "* ]] || stop "--only $part: expected some of ${PARTS// /,}"
done
[[ $limit =~ ^[1-9][0-9]*$ ]] || stop "--time-limit $limit: expected a number of seconds"
[[ $(uname -sm) == "Linux x86_64" ]] || stop "this bundle is for Linux on x86-64, not for $(uname -sm)"
for tool in tar awk sed grep sha256sum timeout; do
  command -v "$tool" >/dev/null || stop "the command $tool is missing"
done
# Some programs run in another folder, where a relative name would mean nothing.
absolute() {
  local entry entries joined=
  IFS=: read -ra entries <<<"$1"
  for entry in "${entries[@]}"; do
    [[ ! -d $entry ]] || entry=$(cd "$entry" && pwd)
    joined+=${joined:+:}$entry
  done
  printf '%s' "$joined"
}
[[ -z ${LAMINA_CUDA_LIBRARIES:-} ]] || LAMINA_CUDA_LIBRARIES=$(absolute "$LAMINA_CUDA_LIBRARIES")

mkdir -p "$out" && out=$(cd "$out" && pwd) && [[ -w $out ]] || stop "--out $out: cannot be written to"

# --- Java and the jars, unpacked once: in this folder, or elsewhere where it cannot be written to.

decompress() {
  if command -v xz >/dev/null; then
    xz -dc "$1"
  else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}

unpack() {
  command -v xz >/dev/null || python3 -c 'import lzma' 2>/dev/null ||
    stop "payload.tar.xz cannot be unpacked: neither xz nor python3 is here"
  local new=$home.$$
  (cd "$here" && sha256sum --quiet -c payload.sha256) || stop "payload.tar.xz is damaged: copy the bundle again"
  mkdir -p "$new" && decompress "$here/payload.tar.xz" | tar -C "$new" -xf - && [[ ${PIPESTATUS[0]} == 0 ]] ||
    stop "payload.tar.xz cannot be unpacked into $new, see above"
  mv -T "$new" "$home" 2>/dev/null || rm -rf "$new" # another process was faster
}

read -r digest _ <"$here/payload.sha256" || stop "payload.sha256 is missing: copy the bundle again"
if [[ -w $here ]]; then
  home=$here/unpacked-${digest:0:16}
else
  home=${TMPDIR:-/tmp}/lamina-checks-$(id -u)-${digest:0:16}
  [[ ! -e $home || -O $home ]] || stop "$home belongs to somebody else: set TMPDIR to another folder"
fi
[[ -d $home ]] || unpack
java=$home/runtime/bin/java
"$java" -version >/dev/null 2>&1 || stop "the Java runtime in $home does not start: $("$java" -version 2>&1 | head -n 1)"

work=$(mktemp -d "${TMPDIR:-/tmp}/lamina-checks.XXXXXX") || stop "no folder for temporary files: set TMPDIR to one"
logs=$work/logs
mkdir "$logs" "$work/run" "$work/no-programs"
export LAMINA_CACHE=$home/cache
export PYTHONDONTWRITEBYTECODE=1
flags=(--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
flags+=(-Xlog:disable -Xlog:all=warning:stderr)
classes="$home/lib/*"

# --- Results.

names=()
states=()
times=()
notes=()
failures=0

# One line of a table, at once and in the summary: name, state, seconds, note.
record() {
  names+=("$1")
  states+=("$2")
  times+=("$3")
  notes+=("$4")
  [[ $2 != FAILED ]] || failures=$((failures + 1))
  printf '%-22s %-8s %6s s  %s\n' "$1" "$2" "$3" "$4"
  write_results
}

skip() {
  record "$1" SKIPPED 0 "$2"
}

json_text() {
  printf '"%s"' "$(printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# The JSON objects, one a line, in the output of the programs whose names begin so.
json_lines() {
  printf '['
  cat "$logs/$1"*.out 2>/dev/null | grep '^{.*}$' | sed '$!s/$/,/'
  printf ']'
}

json_file() {
  if [[ -s $1 ]]; then cat "$1"; else printf 'null'; fi
}

write_json() {
  printf '{"bundle":%s,\n"machine":%s,\n"failures":%d,\n"checks":[' \
    "$(json_text "$(cat "$here/VERSION")")" "$(json_text "$(cat "$work/machine.txt")")" "$failures"
  local i separator=
  for i in "${!names[@]}"; do
    printf '%s\n{"name":%s,"state":%s,"seconds":%s,"note":%s}' "$separator" "$(json_text "${names[$i]}")" \
      "$(json_text "${states[$i]}")" "${times[$i]}" "$(json_text "${notes[$i]}")"
    separator=,
  done
  printf ']'
  local part
  for part in devices losses train evaluate bench pytorch; do
    printf ',\n"%s":' "$part"
    json_lines "$part"
  done
  printf ',\n"jmh_cpu":'
  json_file "$out/jmh-cpu.json"
  printf ',\n"jmh_cuda":'
  json_file "$out/jmh-cuda.json"
  printf '}\n'
}

# A JSON number or text of the last line that has it, from a program's output.
field() {
  sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$logs/$1.out" 2>/dev/null | tail -n 1
}

# The same, with four digits.
short() {
  awk -v x="$(field "$1" "$2")" 'BEGIN { if (x == "") print "none"; else printf x + 0 >= 1e4 ? "%.0f" : "%.4g", x }'
}

write_text() {
  cat "$here/VERSION" "$work/machine.txt"
  echo
  local i
  for i in "${!names[@]}"; do
    printf '%-22s %-8s %6s s  %s\n' "${names[$i]}" "${states[$i]}" "${times[$i]}" "${notes[$i]}"
  done
  if [[ -s $logs/tests.out ]]; then
    printf '\n'
    sed -n '/^operation suite/,/^[^ o]/{/^operation suite/p;/^  [a-z]/p}' "$logs/tests.out"
  fi
  local file
  for file in "$out"/jmh-*.md; do
    [[ ! -s $file ]] || { printf '\n' && cat "$file"; }
  done
  if grep -qs '"event": "fastest"' "$logs"/pytorch-*.out; then
    printf '\nPyTorch in its fastest form; ratio: how many times faster Lamina is\n'
    grep -hs '"event": "fastest"' "$logs"/pytorch-*.out
  fi
}

write_results() {
  write_text >"$out/summary.txt.new" && mv "$out/summary.txt.new" "$out/summary.txt"
  write_json >"$out/results.json.new" && mv "$out/results.json.new" "$out/results.json"
  tar -C "$work" -czf "$out/logs.tar.gz.new" logs && mv "$out/logs.tar.gz.new" "$out/logs.tar.gz"
}

child=
finish() {
  trap - EXIT INT TERM
  [[ -z $child ]] || kill "$child" 2>/dev/null
  write_results
  echo
  if [[ $failures -gt 0 ]]; then
    echo "$failures failed:"
    for i in "${!names[@]}"; do
      [[ ${states[$i]} != FAILED ]] || echo "  ${names[$i]}: ${notes[$i]}"
    done
  else
    echo "nothing failed"
  fi
  echo "written to $out: summary.txt, results.json, logs.tar.gz"
  rm -rf "$work"
}
trap 'finish; exit 1' EXIT
trap 'record interrupted FAILED 0 "stopped from outside"; finish; exit 130' INT
trap 'record interrupted FAILED 0 "stopped from outside"; finish; exit 143' TERM

# --- Running programs.

# run NAME COMMAND...: its output goes to the logs. Sets `code`, `seconds` and, where it failed, `why`.
run() {
  local name=$1 begin=$SECONDS
  shift
  timeout -k 10 "$limit" "$@" >"$logs/$name.out" 2>"$logs/$name.err" </dev/null &
  child=$!
  wait "$child"
  code=$?
  child=
  seconds=$((SECONDS - begin))
  why=
  case $code in
    0) ;;
    124 | 137) why="stopped after the time limit of $limit s; " ;;
    *) why="exit code $code; " ;;
  esac
  [[ $code == 0 ]] || why+="$(grep -v '^\(WARNING\|note\):' "$logs/$name.err" | grep . | tail -n 1)"
}

lamina() {
  local name=$1
  shift
  run "$name" "$java" "${flags[@]}" -cp "$classes" dev.lamina.cli.Main "$@"
}

wanted() {
  [[ -z $only || ,$only, == *,$1,* ]]
}

# --- The parts.

describe_machine() {
  echo "date      $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  echo "system    $(uname -srm)"
  echo "processor $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
  echo "memory    $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=index,name,driver_version,memory.total,compute_cap,power.limit,clocks.max.sm \
      --format=csv,noheader 2>&1 | sed 's/^/gpu       /'
  else
    echo "gpu       nvidia-smi is not on the PATH"
  fi
  if command -v python3 >/dev/null; then
    python3 -c 'import platform; print("python    " + platform.python_version())'
    python3 -c 'import torch; print("pytorch   %s, CUDA %s" % (torch.__version__, torch.version.cuda))' 2>/dev/null ||
      echo "pytorch   none"
  else
    echo "python    none"
  fi
}

# Folders of the wheels that PyTorch brings, where no setting and no usual place has the libraries.
python_libraries() {
  python3 -c 'import nvidia; print(":".join(nvidia.__path__))' 2>/dev/null
}

cuda=
cuda_name=
cuda_missing=
find_cuda() {
  local line
  lamina devices devices --json
  line=$(grep '^{"device":"cuda' "$logs/devices.out" | head -n 1)
  case $line in
    *'"usable":true'*)
      cuda=$(sed 's/^{"device":"\([^"]*\)".*/\1/' <<<"$line")
      cuda_name=$(sed 's/.*"name":"\([^"]*\)".*/\1/' <<<"$line")
      ;;
    *'"reason":'*) cuda_missing=$(sed 's/.*"reason":"\([^"]*\)".*/\1/' <<<"$line") ;;
    *) cuda_missing="Lamina names no CUDA device: ${why:-the list has none}" ;;
  esac
  [[ -n $cuda ]]
}

part_devices() {
  if ! find_cuda && [[ -z ${LAMINA_CUDA_LIBRARIES:-} ]]; then
    local found
    found=$(python_libraries)
    if [[ -n $found ]]; then
      export LAMINA_CUDA_LIBRARIES=$found
      echo "CUDA's libraries: in no usual place, so those of Python's wheels are tried, $found"
      find_cuda || unset LAMINA_CUDA_LIBRARIES
    fi
  fi
  lamina list devices --verbose
  cat "$logs/list.out"
  if [[ $code != 0 ]]; then
    record devices FAILED "$seconds" "$why"
  elif [[ -n $cuda ]]; then
    record devices ok "$seconds" "$cuda: $cuda_name"
  else
    record devices FAILED "$seconds" "no CUDA device: $cuda_missing"
  fi
}

# In an empty folder and without programs on the PATH: where there is a C++ compiler, the tests of
# the CUDA emulator could otherwise put it in the GPU's place.
part_tests() {
  local mnist=()
  [[ ! -d $here/mnist ]] || mnist=("LAMINA_MNIST=$here/mnist")
  run tests env -C "$work/run" "PATH=$work/no-programs" ${mnist[@]+"${mnist[@]}"} "$java" "${flags[@]}" -Xmx8g -cp "$classes" \
    org.junit.platform.console.ConsoleLauncher execute --scan-classpath="$home/lib/tests.jar" \
    --exclude-package=dev.lamina.architecture --exclude-package=dev.lamina.command \
    --exclude-package=dev.lamina.documentation --exclude-package=dev.lamina.emulator \
    --disable-banner --disable-ansi-colors --details=tree --fail-if-no-tests
  local good bad suite
  good=$(sed -n 's/^\[ *\([0-9]*\) tests successful *\].*/\1/p' "$logs/tests.out")
  bad=$(sed -n 's/^\[ *\([0-9]*\) tests failed *\].*/\1/p' "$logs/tests.out")
  if [[ $code == 0 && ${good:-0} -gt 0 ]]; then
    record tests ok "$seconds" "$good tests"
  elif [[ -n $bad && $bad -gt 0 ]]; then
    record tests FAILED "$seconds" "$bad tests failed, $good succeeded: tests.out in logs.tar.gz"
  else
    record tests FAILED "$seconds" "${why:-no test ran}"
  fi
  suite=$(sed -n "s/^  \(${cuda:-cuda}[^ ]*\): \(.* cases ran.*\)/\2/p" "$logs/tests.out" | head -n 1)
  if [[ -z $cuda ]]; then
    skip tests-cuda "$cuda_missing"
  elif [[ -z $suite ]]; then
    record tests-cuda FAILED 0 "the operation suite did not run on $cuda"
  elif [[ $suite == *" 0 failed"* ]]; then
    record tests-cuda ok 0 "$suite"
  else
    record tests-cuda FAILED 0 "$suite"
  fi
}

data=digits
near=0.01
if [[ -d $here/mnist ]]; then
  data=idx:$here/mnist
  near=0.005
fi

part_losses() {
  if [[ -z $cuda ]]; then
    skip losses "$cuda_missing"
    return
  fi
  run losses "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.LossCurves --data "$data" --device "$cuda"
  local said
  said="$(field losses steps) steps differ by $(short losses largest_difference) of the first loss at most, allowed $(field losses tolerance)"
  case $code in
    0) record losses ok "$seconds" "$said" ;;
    1) record losses FAILED "$seconds" "$said" ;;
    *) record losses FAILED "$seconds" "$why" ;;
  esac
}

train_on() {
  local epochs=5
  ! $quick || epochs=2
  lamina "train-$1" train --data "$data" --test "$data" --hidden 512,512 --dropout 0.2 --epochs "$epochs" --seed 42 \
    --device "$2" --out "$work/model-$1" --json
  if [[ $code != 0 ]]; then
    record "train-$1" FAILED "$seconds" "$why"
  else
    record "train-$1" ok "$seconds" "$(field "train-$1" epochs) epochs of $data: test accuracy $(field "train-$1" test_accuracy), $(short "train-$1" samples_per_second) samples/s"
  fi
}

# Whether two numbers are there, differ by $3 at most, and are at least $4.
close() {
  awk -v a="$1" -v b="$2" -v d="$3" -v least="$4" \
    'BEGIN { x = a - b; exit !(a != "" && b != "" && x <= d && -x <= d && a >= least && b >= least) }'
}

compare() {
  if close "$2" "$3" "$4" 0.95; then
    record "$1" ok 0 "$5 ($2 and $3, may differ by $4)"
  else
    record "$1" FAILED 0 "$5: '$2' and '$3', may differ by $4 and must be 0.95 at least"
  fi
}

part_train() {
  train_on cpu cpu
  if [[ -z $cuda ]]; then
    skip train-cuda "$cuda_missing"
    return
  fi
  train_on cuda "$cuda"
  # Rounding grows in a thousand steps until the runs are two draws of the same training.
  compare train-compared "$(field train-cpu test_accuracy)" "$(field train-cuda test_accuracy)" "$near" \
    "test accuracy, CPU and GPU"
  lamina evaluate evaluate --model "$work/model-cuda" --data "$data" --device cpu --json
  compare evaluate-on-cpu "$(field evaluate accuracy)" "$(field train-cuda test_accuracy)" 0.0005 \
    "the GPU's model on CPU and GPU"
}

# bench_on KIND DEVICE LAYERS BATCH PRECISION
bench_on() {
  local name=bench-$1-$3-$4-$5 length=5
  ! $quick || length=2
  lamina "$name" bench --device "$2" --layers "$3" --batch "$4" --precision "$5" --seconds "$length" --json
  if [[ $code != 0 ]]; then
    record "bench-$1" FAILED "$seconds" "$3:$4 $5: $why"
  else
    record "bench-$1" ok "$seconds" "$3:$4 $5: median $(short "$name" median_ms) ms, $(short "$name" gflops) GFLOP/s"
  fi
}

part_bench() {
  bench_on cpu cpu 784-512-512-10 128 fp32
  bench_on cpu cpu 784-1024-1024-1024-10 1024 fp32
  if [[ -z $cuda ]]; then
    skip bench-cuda "$cuda_missing"
    return
  fi
  local precision
  for precision in fp32 tf32; do
    bench_on cuda "$cuda" 784-512-512-10 128 "$precision"
    bench_on cuda "$cuda" 784-1024-1024-1024-10 1024 "$precision"
    bench_on cuda "$cuda" 4096-4096-4096-4096-4096-4096-4096 8192 "$precision"
  done
}

jmh_on() {
  local options=()
  ! $quick || options=(-wi 1 -i 3)
  rm -rf "$work/jmh"
  run "jmh-$1" "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.Main TrainingStepBenchmark \
    -p "device=$2" -foe false ${options[@]+"${options[@]}"} "--results=$work/jmh"
  local kind
  for kind in md json; do
    [[ $code != 0 ]] || cp "$work"/jmh/*."$kind" "$out/jmh-$1.$kind" 2>/dev/null || code=1
  done
  if [[ $code != 0 ]]; then
    record "jmh-$1" FAILED "$seconds" "${why:-no report was written: jmh-$1.out in logs.tar.gz}"
  elif grep -q '<failure>' "$logs/jmh-$1.out"; then
    record "jmh-$1" FAILED "$seconds" "$(grep -c '<failure>' "$logs/jmh-$1.out") runs failed: jmh-$1.out in logs.tar.gz"
  else
    record "jmh-$1" ok "$seconds" "table in jmh-$1.md"
  fi
}

part_jmh() {
  rm -f "$out"/jmh-*.md "$out"/jmh-*.json
  jmh_on cpu cpu
  if [[ -z $cuda ]]; then
    skip jmh-cuda "$cuda_missing"
  else
    jmh_on cuda "$cuda"
  fi
}

part_pytorch() {
  if [[ -z $cuda ]]; then
    skip pytorch "$cuda_missing"
    return
  fi
  local missing
  if ! missing=$(python3 -c 'import numpy, torch; assert torch.cuda.is_available(), "this PyTorch finds no GPU"' 2>&1); then
    skip pytorch "python3 with PyTorch and numpy is needed: $(tail -n 1 <<<"$missing")"
    return
  fi
  local command problem options=()
  command=$(printf '%q ' "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.StepLine)
  ! $quick || options=(--seconds 1 --rounds 3)
  # One at a time: compiling every form of one step takes minutes, and each has the time limit to itself.
  for problem in 784-512-512-10:128 784-1024-1024-1024-10:1024 4096-4096-4096-4096-4096-4096-4096:8192; do
    run "pytorch-$problem" python3 "$here/peers/pytorch_mlp.py" --device cuda --problems "$problem" \
      --precisions "$precisions" --lamina "$command" ${options[@]+"${options[@]}"}
    if [[ $code != 0 ]]; then
      record pytorch FAILED "$seconds" "$problem: $why"
    else
      record pytorch ok "$seconds" "$problem: fastest forms below"
    fi
  done
}

describe_machine >"$work/machine.txt" 2>&1
cat "$here/VERSION" "$work/machine.txt"
echo
# Without it no other part knows what there is to run on.
part_devices
for part in ${PARTS#devices}; do
  ! wanted "$part" || "part_$part"
done
finish
[[ $failures == 0 ]]
