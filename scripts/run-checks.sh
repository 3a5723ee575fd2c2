#!/usr/bin/env bash
# Checks and measures Lamina on this machine's GPU, and on its CPU beside it. Made for the folder
# that scripts/gpu-bundle.sh writes. Every part runs even where another one fails.
set -u

usage() {
  cat <<'END'
usage: ./run-checks.sh [--only PARTS] [--minutes N] [--part-minutes N] [--quick | --tiny] [--out FOLDER]
                       [--resume FOLDER | --tuned FOLDER] [--cuda-libraries FOLDER] [--precisions LIST]
                       [--time-limit SECONDS]

  --only PARTS             some of the parts below, separated by commas (default: all)
  --minutes N              stop after so long; what there was no time for is listed at the end
  --part-minutes N         the same for each part (default with --quick: 8)
  --quick                  shorter trainings and measurements
  --tiny                   the smallest sizes: shows that every part runs, its numbers mean nothing
  --out FOLDER             where the results go (default: $OUT, or results in this folder)
  --resume FOLDER          go on where a run of this bundle ended whose results lie there: what succeeded is
                           taken over, the rest is run
  --tuned FOLDER           take from the results that lie there only which algorithms are fastest
  --cuda-libraries FOLDER  take CUDA's libraries from here: a CUDA installation, Python's site-packages,
                           its nvidia folder, or the folder with the libraries; several separated by colons
  --precisions LIST        to train in on the GPU, beside fp32 (default: bf16,tf32,fp32)
  --time-limit SECONDS     of each program that a part runs (default 1200; with --quick 480)

The parts, in the order in which they run, what shows most first:
  devices  what Lamina finds, and every step of its search
  probes   what only the device can answer: epilogues of cuBLASLt and their numbers, launches, streams, memory
  bench    lamina bench at six sizes
  tests    products, programs, operations, gradients, training: on the GPU
  losses   the first 100 losses of one run on the GPU and on the CPU, which may differ by rounding alone
  train    MNIST, or generated digits: trained on both, on the GPU in bf16 too, results compared, the GPU's
           model evaluated on the CPU
  steps    training steps beside PyTorch's, in turns, losses compared first; needs python3 with PyTorch
  jmh      the JMH benchmarks: training steps, products, the rest, each with the device's ceilings

Written, and renewed after each check: summary.txt, results.json, steps.md, tuned.tar.gz (which algorithms are
fastest) and logs.tar.gz (all that was printed).
Exit code 0: all passed; 1: something failed, a missing GPU included; 2: nothing was run;
3: nothing failed, but something was skipped or left out.
END
}

stop() {
  echo "run-checks: $1" >&2
  exit 2
}

PARTS="devices probes bench tests losses train steps jmh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
out=${OUT:-$here/results}
only=
minutes=
part_minutes=
size=full
limit=
resume=
tuned=
precisions=bf16,tf32,fp32
while [[ $# -gt 0 ]]; do
  case $1 in
    --quick | --tiny)
      size=${1#--}
      shift
      continue
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --out | --resume | --tuned | --cuda-libraries | --only | --minutes | --part-minutes | --time-limit | --precisions)
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
    --minutes) minutes=$2 ;;
    --part-minutes) part_minutes=$2 ;;
    --resume) resume=$2 ;;
    --tuned) tuned=$2 ;;
    --time-limit) limit=$2 ;;
    --precisions) precisions=$2 ;;
  esac
  shift 2
done
for part in ${only//,/ }; do
  [[ " $PARTS " == *" $part "* ]] || stop "--only $part: expected some of ${PARTS// /,}"
done
[[ -z $limit || $limit =~ ^[1-9][0-9]{0,5}$ ]] || stop "--time-limit $limit: expected a number of seconds"
[[ -z $minutes || $minutes =~ ^[1-9][0-9]{0,3}$ ]] || stop "--minutes $minutes: expected a whole number"
[[ -z $part_minutes || $part_minutes =~ ^[1-9][0-9]{0,3}$ ]] || stop "--part-minutes $part_minutes: expected a whole number"
[[ -z $resume || -r $resume/logs.tar.gz ]] || stop "--resume $resume: no logs.tar.gz of an earlier run lies there"
[[ -z $resume || -n $tuned || ! -r $resume/tuned.tar.gz ]] || tuned=$resume
[[ -z $tuned || -r $tuned/tuned.tar.gz ]] || stop "--tuned $tuned: no tuned.tar.gz of an earlier run lies there"
for precision in ${precisions//,/ }; do
  [[ $precision =~ ^(fp32|tf32|bf16)$ ]] || stop "--precisions $precision: expected some of bf16,tf32,fp32"
done
[[ $(uname -sm) == "Linux x86_64" ]] || stop "this bundle is for Linux on x86-64, not for $(uname -sm)"
for tool in tar gzip awk sed grep sha256sum timeout mktemp; do
  command -v "$tool" >/dev/null || stop "the command $tool is missing"
done
mkdir -p "$out" && out=$(cd "$out" && pwd) && [[ -w $out ]] || stop "--out $out: cannot be written to"

for library in payload results programs sizes $PARTS; do
  . "$here/gpu-checks/$library.sh" || stop "gpu-checks/$library.sh is missing: copy the bundle again"
done

# Whether a part is to run.
wanted() {
  [[ -z $only || ,$only, == *,$1,* ]]
}

find_runtime
begin_results
describe_machine >"$work/machine.txt" 2>&1
cat "$here/VERSION" "$work/machine.txt"
echo
# Without it no other part knows what there is to run on.
part_devices
for part in ${PARTS#devices}; do
  part_begin=$SECONDS
  ! wanted "$part" || "part_$part"
done
finish
