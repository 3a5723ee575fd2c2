# The part "bench": the command's own measurement. Sourced by run-checks.sh.

# bench_on KIND DEVICE LAYERS:BATCH PRECISION
bench_on() {
  local name=bench-$1-$4-${3/:/-}
  lamina "$name" bench --device "$2" --layers "${3%:*}" --batch "${3#*:}" --precision "$4" \
    --seconds "$bench_seconds" --json
  if lacks_precision "$name"; then
    skip "$name" "$why"
  else
    record_run "$name" "median $(short "$name" median_ms) ms, $(short "$name" gflops) GFLOP/s"
  fi
}

part_bench() {
  local step precision
  if [[ -z $cuda ]]; then
    skip bench-cuda "$cuda_missing"
  else
    for precision in ${precisions//,/ }; do
      for step in $cuda_steps; do
        [[ $precision != bf16 && " $bf16_steps " == *" $step "* ]] || bench_on cuda "$cuda" "$step" "$precision"
      done
    done
  fi
  for step in $cpu_steps; do
    bench_on cpu cpu "$step" fp32
  done
}
