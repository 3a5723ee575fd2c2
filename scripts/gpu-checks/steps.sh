# The part "steps": training steps beside PyTorch's. Sourced by run-checks.sh.

# compare_step PRECISION LAYERS:BATCH: the comparison of one step, in turns.
compare_step() {
  local name=steps-$1-${2/:/-} command left over line state note ratio
  command=("$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.StepLine)
  time_left
  run "$name" python3 "$here/peers/pytorch_mlp.py" --device cuda --problems "$2" --precisions "$1" \
    --seconds "$step_seconds" --budget "$((left > 30 ? left - 15 : left))" --time-limit 300 \
    --table "$logs/$name.md" "${step_options[@]}" --lamina "$(printf '%q ' "${command[@]}")"
  line=$(grep '^{"event":"result"' "$logs/$name.out" 2>/dev/null | tail -n 1)
  if $cut || [[ -z $line ]]; then
    record_run "$name" ""
    return
  fi
  state=$(sed 's/.*"state":"\([^"]*\)".*/\1/' <<<"$line")
  note=$(sed 's/.*"note":"\(\([^"\\]\|\\.\)*\)".*/\1/' <<<"$line")
  ratio=$(sed -n 's/.*"ratio":\([^,}]*\).*/\1/p' <<<"$line")
  [[ $state == ok ]] || rm -f "$logs/$name.end"
  case $state in
    ok) record "$name" ok "$seconds" "PyTorch takes $(awk -v x="$ratio" 'BEGIN { printf "%.3g", x }') times as long" ;;
    failed) record "$name" FAILED "$seconds" "$note" ;;
    "left out") record "$name" "LEFT OUT" "$seconds" "$note" ;;
    *) record "$name" SKIPPED "$seconds" "$note" ;;
  esac
}

part_steps() {
  if [[ -z $cuda ]]; then
    skip steps "$cuda_missing"
    return
  fi
  if ! command -v python3 >/dev/null; then
    skip steps "python3 is missing; the part jmh measures the same steps without PyTorch"
    return
  fi
  local precision step
  for step in $peer_steps; do
    for precision in ${precisions//,/ }; do
      compare_step "$precision" "$step"
    done
  done
}
