# The part "train". Sourced by run-checks.sh.

# train_on NAME DEVICE PRECISION
train_on() {
  lamina "train-$1" train --data "$data" --test "$test_data" "${network[@]}" --epochs "$epochs" --seed 42 \
    --device "$2" --precision "$3" --out "$work/model-$1" --json
  if [[ $3 != fp32 ]] && lacks_precision "train-$1"; then
    skip "train-$1" "$why"
    return
  fi
  record_run "train-$1" \
    "$(field "train-$1" epochs) epochs of $data: test accuracy $(field "train-$1" test_accuracy), $(short "train-$1" samples_per_second) samples/s"
}

# compare NAME A B MAY-DIFFER-BY WHAT
compare() {
  if [[ -z $2 || -z $3 ]]; then
    record "$1" SKIPPED 0 "$5: one of them is missing, see above"
  elif awk -v a="$2" -v b="$3" -v d="$4" -v least="$least" \
    'BEGIN { x = a - b; exit !(x <= d && -x <= d && a >= least && b >= least) }'; then
    record "$1" ok 0 "$5 ($2 and $3, may differ by $4)"
  else
    record "$1" FAILED 0 "$5: $2 and $3, may differ by $4 and must be $least at least"
  fi
}

part_train() {
  # The model that it evaluates is not kept with the results.
  [[ -e $earlier/evaluate.end ]] || rm -f "$earlier/train-cuda.end"
  train_on cpu cpu fp32
  if [[ -z $cuda ]]; then
    skip train-cuda "$cuda_missing"
    return
  fi
  train_on cuda "$cuda" fp32
  # Rounding grows in a thousand steps until the runs are two draws of the same training.
  compare train-compared "$(field train-cpu test_accuracy)" "$(field train-cuda test_accuracy)" "$near" \
    "test accuracy, CPU and GPU"
  lamina evaluate evaluate --model "$work/model-cuda" --data "$test_data" --device cpu --json
  compare evaluate-on-cpu "$(field evaluate accuracy)" "$(field train-cuda test_accuracy)" 0.0005 \
    "the GPU's model on CPU and GPU"
  if [[ ,$precisions, == *,bf16,* ]]; then
    train_on cuda-bf16 "$cuda" bf16
    compare train-bf16-compared "$(field train-cpu test_accuracy)" "$(field train-cuda-bf16 test_accuracy)" \
      "$near" "test accuracy, CPU in fp32 and GPU in bf16"
  fi
}
