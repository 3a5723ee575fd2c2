# The part "probes": what only the device itself can answer. Sourced by run-checks.sh.

part_probes() {
  if [[ -z $cuda ]]; then
    skip probes "$cuda_missing"
    return
  fi
  run probes "$java" "${flags[@]}" -cp "$classes" dev.lamina.probe.GpuProbe ${probe_options[@]+"${probe_options[@]}"}
  local answers errors
  answers=$(grep -c '"says":' "$logs/probes.out" 2>/dev/null)
  errors=$(grep -c '"error":' "$logs/probes.out" 2>/dev/null)
  [[ ${errors:-0} == 0 ]] || failed probes "$errors questions could not be answered, see the summary"
  record_run probes "${answers:-0} answers, in the summary"
}
