# Running programs, within the time that there is. Sourced by run-checks.sh.

# The results are written after the last program.
RESERVE=10
SHORTEST=5
child=

# The seconds that a program may take.
time_left() {
  local left=$limit
  if [[ -n $minutes ]]; then
    local whole=$((minutes * 60 - RESERVE - SECONDS))
    [[ $whole -ge $left ]] || left=$whole
  fi
  echo "$left"
}

# run NAME COMMAND...: its output goes to the logs. Sets `code`, `seconds`, `cut` (whether it was
# stopped, or not even started, because the time was up) and, where it did not succeed, `why`.
run() {
  local name=$1 begin=$SECONDS left
  shift
  left=$(time_left)
  cut=false
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
  why=
  case $code in
    0) return ;;
    124 | 137)
      if [[ $left -lt $limit && $seconds -ge $left ]]; then
        cut=true
        why="stopped when the $minutes minutes were over"
      else
        why="stopped after $seconds s (exit code $code)"
      fi
      return
      ;;
  esac
  why="exit code $code; $(grep -v '^\(WARNING\|note\):' "$logs/$name.err" | grep . | tail -n 1)"
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
