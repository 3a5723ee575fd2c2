# The part "jmh". Sourced by run-checks.sh.

# jmh_on NAME DEVICE PATTERN: a report of its own, with the device's ceilings.
jmh_on() {
  local name=jmh-$1 kind
  rm -rf "$work/jmh"
  run "$name" "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.Main "$3" -p "device=$2" \
    -foe false ${jmh_options[@]+"${jmh_options[@]}"} "--results=$work/jmh"
  if [[ $code == 0 ]]; then
    for kind in md json; do
      cp "$work"/jmh/*."$kind" "$out/$name.$kind" 2>/dev/null || code=1
    done
    why="no report was written"
  fi
  local failed
  failed=$(grep -c '^<failure>\|^<forked VM failed' "$logs/$name.out" 2>/dev/null)
  if [[ $code == 0 && $failed -gt 0 ]]; then
    code=1
    why="$failed runs failed"
  fi
  record_run "$name" "table in $name.md"
}

part_jmh() {
  if [[ -z $cuda ]]; then
    skip jmh-cuda "$cuda_missing"
  else
    jmh_on cuda-steps "$cuda" '(TrainingStep|Stream)Benchmark'
    jmh_on cuda-products "$cuda" '\.GemmBenchmark'
    jmh_on cuda-rest "$cuda" '\.(Activation|Softmax|Optimizer|Copy|Gather|Dropout)Benchmark'
  fi
  jmh_on cpu-steps cpu '\.TrainingStepBenchmark'
}
