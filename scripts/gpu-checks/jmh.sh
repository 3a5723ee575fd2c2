# The part "jmh". Sourced by run-checks.sh.

# jmh_on NAME DEVICE PATTERN OPTION...: a report of its own, with the device's ceilings.
jmh_on() {
  local name=jmh-$1 device=$2 pattern=$3 kind lost
  shift 3
  rm -rf "$work/jmh"
  run "$name" "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.Main "$pattern" -p "device=$device" \
    -foe false ${jmh_options[@]+"${jmh_options[@]}"} "$@" "--results=$work/jmh"
  if [[ $code == 0 && -d $work/jmh ]]; then
    for kind in md json; do
      cp "$work"/jmh/*."$kind" "$logs/$name.$kind" 2>/dev/null || failed "$name" "no report was written"
    done
  fi
  lost=$(grep -c '^<failure>\|^<forked VM failed' "$logs/$name.out" 2>/dev/null)
  [[ $code != 0 || ${lost:-0} == 0 ]] || failed "$name" "$lost runs failed"
  record_run "$name" "table in the summary"
}

part_jmh() {
  if [[ -z $cuda ]]; then
    skip jmh-cuda "$cuda_missing"
  else
    jmh_on cuda-steps "$cuda" '(TrainingStep|Stream)Benchmark'
    jmh_on cuda-products "$cuda" '\.GemmBenchmark' ${product_options[@]+"${product_options[@]}"}
    jmh_on cuda-kernels "$cuda" '\.(Activation|Softmax|Dropout)Benchmark' ${kernel_options[@]+"${kernel_options[@]}"}
    jmh_on cuda-moves "$cuda" '\.(Optimizer|Copy|Gather)Benchmark'
  fi
  jmh_on cpu-steps cpu '\.TrainingStepBenchmark'
}
