#!/usr/bin/env bash
# Assembles every checked-in kernel with ptxas and reports registers and spills as Markdown.
#
#   ptxas-report.sh                  for all supported architectures: a line for each, and what spills
#   ptxas-report.sh --all [ARCH...]  a line for each kernel too
#
# Fails where ptxas rejects a kernel.
set -euo pipefail
export LC_ALL=C
PTX=$(cd "$(dirname "$0")" && pwd)/src/main/resources/dev/lamina/cuda/ptx

case ${1:-} in
  --help | -h)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac
all=false
if [[ ${1:-} == --all ]]; then
  all=true
  shift
fi
architectures=("$@")
[[ $# -gt 0 ]] || architectures=(sm_75 sm_80 sm_90 sm_100 sm_120)
command -v ptxas >/dev/null || {
  echo "ptxas-report: ptxas is not on the PATH: install the CUDA toolkit, 12.8 or newer" >&2
  exit 2
}

# ARCHITECTURE KERNEL REGISTERS SHARED-BYTES SPILLED-BYTES, one kernel a line.
assemble() {
  local ptx report
  for ptx in "$PTX"/*.ptx; do
    report=$(ptxas -arch="$1" -v "$ptx" -o /dev/null 2>&1) || {
      echo "$report" >&2
      echo "ptxas-report: ptxas rejects $ptx for $1" >&2
      return 1
    }
    awk -v arch="$1" '
      /Compiling entry/ { split($0, quoted, "\x27"); kernel = quoted[2] }
      /spill stores/ { spilled = $5 + $9 }
      /Used [0-9]+ registers/ {
        shared = 0
        for (i = 2; i < NF; i++) if ($(i + 2) ~ /^smem/) shared = $i
        print arch, kernel, $5, shared, spilled
      }' <<<"$report"
  done
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pids=()
for architecture in "${architectures[@]}"; do
  assemble "$architecture" >"$work/$architecture" &
  pids+=($!)
  while [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; do
    sleep 0.1
  done
done
for pid in "${pids[@]}"; do
  wait "$pid"
done

echo "# Registers and spills of the CUDA kernels"
echo
echo "ptxas $(ptxas --version | sed -n 's/.*release [^,]*, V//p'); 255 registers are the most that a thread can have."
echo
echo "| architecture | kernels | most registers | kernels that spill |"
echo "|--------------|--------:|---------------:|-------------------:|"
for architecture in "${architectures[@]}"; do
  awk -v arch="$architecture" '
    { if ($3 > most) most = $3; if ($5 > 0) spilling++ }
    END { printf "| %-12s | %7d | %14d | %18d |\n", arch, NR, most, spilling }' "$work/$architecture"
done
if grep -hqv ' 0$' "$work"/sm_*; then
  echo
  echo "What spills, in bytes stored and loaded (double precision, f64, is there for checks alone):"
  echo
  echo "| kernel | architecture | registers | bytes |"
  echo "|--------|--------------|----------:|------:|"
  for architecture in "${architectures[@]}"; do
    awk '$5 > 0 { printf "| %s | %s | %d | %d |\n", $2, $1, $3, $5 }' "$work/$architecture"
  done | sort
fi
if $all; then
  echo
  echo "| kernel | architecture | registers | shared memory | bytes spilled |"
  echo "|--------|--------------|----------:|--------------:|--------------:|"
  for architecture in "${architectures[@]}"; do
    awk '{ printf "| %s | %s | %d | %d | %d |\n", $2, $1, $3, $4, $5 }' "$work/$architecture"
  done
fi
