# Running programs, within the time that there is. Sourced by run-checks.sh.

# The results are written after the last program.
RESERVE=10
SHORTEST=5
child=
part_begin=0

# Sets `left` to the seconds that a program may take, and `over` to what is over then, if it is not
# the program's own limit.
time_left() {
  left=$limit
  over=
  if [[ -n ${part_minutes:-} && $((part_minutes * 60 - SECONDS + part_begin)) -lt $left ]]; then
    left=$((part_minutes * 60 - SECONDS + part_begin))
    over="the part's $part_minutes minutes"
  fi
  if [[ -n $minutes && $((minutes * 60 - RESERVE - SECONDS)) -lt $left ]]; then
    left=$((minutes * 60 - RESERVE - SECONDS))
    over="the $minutes minutes"
  fi
}

# run NAME COMMAND...: its output goes to the logs. Sets `code`, `seconds`, `cut` (whether it was
# stopped, or not even started, because the time was up) and, where it did not succeed, `why`.
# What has succeeded in an earlier run, which is resumed, is not run again.
run() {
  local name=$1 begin=$SECONDS left over
  shift
  cut=false
  why=
  if [[ -e $earlier/$name.end ]]; then
    code=0
    seconds=$(cat "$earlier/$name.end")
    cp "$earlier/$name.end" "$logs/"
    return
  fi
  time_left
  if [[ $left -lt $SHORTEST ]]; then
    cut=true
    code=124
    seconds=0
    why="not started"
    return
  fi
  timeout -k 10 "$left" "$@" >"$logs/$name.out" 2>"$logs/$name.err" </dev/null &
  child=$!
  wait "$child"
  code=$?
  child=
  seconds=$((SECONDS - begin))
  case $code in
    0) echo "$seconds" >"$logs/$name.end" ;;
    124 | 137)
      if [[ -n $over && $seconds -ge $left ]]; then
        cut=true
        why="stopped when $over were over"
      else
        why="stopped after $seconds s (exit code $code)"
      fi
      ;;
    *) why="exit code $code; $(grep -v '^\(WARNING\|note\):' "$logs/$name.err" | grep . | tail -n 1)" ;;
  esac
}

# Marks the program that `run` ran last as one that did not succeed, for this reason.
failed() {
  code=1
  why=$2
  rm -f "$logs/$1.end"
}

# lamina NAME ARGUMENTS...: the command of that name.
lamina() {
  local name=$1
  shift
  run "$name" "$java" "${flags[@]}" -cp "$classes" dev.lamina.cli.Main "$@"
}

# A JSON number or text of the last line that has it, from a program's output.
field() {
  sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$logs/$1.out" 2>/dev/null | tail -n 1
}

# The same, with four digits.
short() {
  awk -v x="$(field "$1" "$2")" \
    'BEGIN { f = (x + 0 >= 10000) ? "%.0f" : "%.4g"; if (x == "") print "none"; else printf f, x }'
}

# Whether a program refused a precision that it, or this device, does not have.
lacks_precision() {
  [[ $code == 2 ]] && grep -q 'precision' "$logs/$1.err"
}
