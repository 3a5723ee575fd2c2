# The part "losses". Sourced by run-checks.sh.

part_losses() {
  if [[ -z $cuda ]]; then
    skip losses "$cuda_missing"
    return
  fi
  local source=$data
  [[ $source == idx:* ]] || source=digits
  run losses "$java" "${flags[@]}" -cp "$classes" dev.lamina.benchmarks.LossCurves --data "$source" \
    --device "$cuda" ${loss_options[@]+"${loss_options[@]}"}
  # It says itself by how much they differ; its exit code is 1 where that is too much.
  [[ $code != 1 || -z $(field losses steps) ]] || why="they disagree; "
  local said
  said="$(field losses steps) steps differ by $(short losses largest_difference) of the first loss at most, allowed $(field losses tolerance)"
  [[ -z $(field losses steps) ]] || why+=$said
  record_run losses "$said"
}
