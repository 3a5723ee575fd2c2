# The part "steps": training steps beside PyTorch's. Sourced by run-checks.sh.

# A line of the table for each result that the comparison printed.
record_comparisons() {
  local line name state note ratio
  while read -r line; do
    name=steps-$(sed 's/.*"precision":"\([^"]*\)".*/\1/' <<<"$line")-$(sed 's/.*"problem":"\([^"]*\)".*/\1/' <<<"$line")
    state=$(sed 's/.*"state":"\([^"]*\)".*/\1/' <<<"$line")
    note=$(sed 's/.*"note":"\(\([^"\\]\|\\.\)*\)".*/\1/' <<<"$line")
    ratio=$(sed -n 's/.*"ratio":\([^,}]*\).*/\1/p' <<<"$line")
    case $state in
      ok) record "$name" ok 0 "PyTorch takes $(awk -v x="$ratio" 'BEGIN { printf "%.3g", x }') times as long" steps ;;
      failed) record "$name" FAILED 0 "$note" steps ;;
      "left out") record "$name" "LEFT OUT" 0 "$note" steps ;;
      *) record "$name" SKIPPED 0 "$note" steps ;;
    esac
  done < <(grep '^{"event":"result"' "$logs/steps.out" 2>/dev/null)
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
  local command=("$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.StepLine) left
  left=$(time_left)
  # It renews its table after each comparison, and lists what there was no time for.
  run steps python3 "$here/peers/pytorch_mlp.py" --device cuda --problems "${cuda_steps// /,}" \
    --precisions "$precisions" --seconds "$step_seconds" --budget "$((left > 30 ? left - 15 : left))" \
    --time-limit 300 --table "$out/steps.md" "${step_options[@]}" --lamina "$(printf '%q ' "${command[@]}")"
  if [[ $code == 0 || $code == 1 ]] && grep -q '^{"event":"result"' "$logs/steps.out"; then
    code=0
    record_run steps "table in steps.md"
  else
    record_run steps ""
  fi
  record_comparisons
}
