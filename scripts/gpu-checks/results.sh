# What has passed and what has not, as text and as JSON. Sourced by run-checks.sh.

names=()
states=()
times=()
notes=()
outputs=()
failures=0
gaps=0

begin_results() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/lamina-checks.XXXXXX") || stop "no folder for temporary files: set TMPDIR to one"
  logs=$work/logs
  earlier=$work/earlier
  mkdir -p "$logs" "$earlier" "$work/run" "$work/no-programs"
  trap 'rm -rf "$work"' EXIT
  [[ -z ${resume:-} ]] || take_over
  cat "$here/VERSION" >"$logs/VERSION"
  echo "${size:-full}" >"$logs/SIZE"
  rm -f "$out"/{summary.txt,results.json,steps.md,tuned.tar.gz,logs.tar.gz}
  trap 'record run-checks FAILED 0 "ended too early"; finish 1' EXIT
  trap 'record interrupted FAILED 0 "stopped from outside"; finish 130' INT
  trap 'record interrupted FAILED 0 "stopped from outside"; finish 143' TERM
}

# The logs of an earlier run, and in `earlier` which of its programs succeeded.
take_over() {
  tar -C "$work" -xzf "$resume/logs.tar.gz" || stop "--resume $resume: logs.tar.gz cannot be unpacked"
  [[ $(cat "$logs/VERSION") == "$(cat "$here/VERSION")" ]] ||
    stop "--resume $resume: another bundle made these results; take its measured products alone, by --tuned"
  [[ $(cat "$logs/SIZE") == "$size" ]] ||
    stop "--resume $resume: these results are of the size $(cat "$logs/SIZE"), not $size"
  mv "$logs"/*.end "$earlier" 2>/dev/null
  # What there is to run on is always looked at.
  rm -f "$earlier"/{devices,list}.end
}

# table_line NAME STATE SECONDS NOTE OUTPUT
table_line() {
  printf '%-42s %-8s %5s s  %s%s\n' "$1" "$2" "$3" "$4" "${5:+ ($5)}"
}

# One line of the table, at once and in the summary: name, state (ok, FAILED, SKIPPED, LEFT OUT),
# seconds, note. All that it printed is in the log of that name, or of the name $5.
record() {
  local log=logs/${5:-$1}.out
  [[ -s $work/$log ]] || log=
  names+=("$1")
  states+=("$2")
  times+=("$3")
  notes+=("$4")
  outputs+=("$log")
  case $2 in
    ok) ;;
    FAILED) failures=$((failures + 1)) ;;
    *) gaps=$((gaps + 1)) ;;
  esac
  table_line "$1" "$2" "$3" "$4" "$log"
  write_results
}

skip() {
  record "$1" SKIPPED 0 "$2"
}

# The state of the program that `run` ran last: ok with this note, or what went wrong.
record_run() {
  if $cut; then
    record "$1" "LEFT OUT" "$seconds" "$why"
  elif [[ $code != 0 ]]; then
    record "$1" FAILED "$seconds" "$why"
  else
    record "$1" ok "$seconds" "$2"
  fi
}

json_text() {
  printf '"%s"' "$(printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# The JSON objects, one a line, in the output of the programs whose names begin so.
json_lines() {
  printf '['
  cat "$logs/$1"*.out 2>/dev/null | grep '^{.*}$' | sed '$!s/$/,/'
  printf ']'
}

write_json() {
  printf '{"bundle":%s,\n"machine":%s,\n"failures":%d,\n"checks":[' \
    "$(json_text "$(cat "$here/VERSION")")" "$(json_text "$(cat "$work/machine.txt")")" "$failures"
  local i separator=
  for i in "${!names[@]}"; do
    printf '%s\n{"name":%s,"state":%s,"seconds":%s,"note":%s,"output":%s}' "$separator" \
      "$(json_text "${names[$i]}")" "$(json_text "${states[$i]}")" "${times[$i]}" \
      "$(json_text "${notes[$i]}")" "$(json_text "${outputs[$i]}")"
    separator=,
  done
  printf ']'
  local part file
  for part in devices probes bench losses train evaluate steps; do
    printf ',\n"%s":' "$part"
    json_lines "$part"
  done
  for file in "$logs"/jmh-*.json; do
    [[ ! -s $file ]] || printf ',\n"%s":%s' "$(basename "$file" .json)" "$(cat "$file")"
  done
  printf '}\n'
}

# One table out of those of all comparisons with PyTorch.
steps_table() {
  local file first=true
  for file in "$logs"/steps-*.md; do
    [[ -s $file ]] || continue
    if $first; then
      cat "$file"
    else
      sed '1,/^|-/d' "$file"
    fi
    first=false
  done
}

write_text() {
  cat "$here/VERSION" "$work/machine.txt"
  echo
  local i file
  for i in "${!names[@]}"; do
    table_line "${names[$i]}" "${states[$i]}" "${times[$i]}" "${notes[$i]}" "${outputs[$i]}"
  done
  if [[ -s $logs/probes.out ]]; then
    printf '\nwhat the device answers\n'
    sed -n 's/^{"probe":"\([^"]*\)","\(says\|error\)":"\(\([^"\\]\|\\.\)*\)".*/  \1: \3/p' "$logs/probes.out"
  fi
  for file in "$out/steps.md" "$logs"/jmh-*.md; do
    [[ ! -s $file ]] || { printf '\n' && cat "$file"; }
  done
}

# Replaces a file of the results by what a function prints; leaves none where it prints nothing.
write_file() {
  "$2" >"$work/new" 2>/dev/null
  if [[ -s $work/new ]]; then
    cp "$work/new" "$out/$1.new" && mv "$out/$1.new" "$out/$1"
  fi
}

pack_logs() {
  tar -C "$work" -cf - logs | gzip -c
}

pack_tuned() {
  [[ ! -d ${LAMINA_CACHE:-}/products ]] || tar -C "$LAMINA_CACHE" -cf - products | gzip -c
}

# At most eight files.
write_results() {
  write_file steps.md steps_table
  write_file summary.txt write_text
  write_file results.json write_json
  write_file tuned.tar.gz pack_tuned
  write_file logs.tar.gz pack_logs
}

# list STATE HEADING: the checks that ended so.
list() {
  local i begun=false
  for i in "${!names[@]}"; do
    if [[ ${states[$i]} == "$1" ]]; then
      $begun || echo "$2"
      begun=true
      echo "  ${names[$i]}: ${notes[$i]}${outputs[$i]:+ (${outputs[$i]})}"
    fi
  done
}

# Ends with exit code $1, or with the one that the results ask for.
finish() {
  trap - EXIT INT TERM
  [[ -z ${child:-} ]] || kill "$child" 2>/dev/null
  write_results
  echo
  list FAILED "failed:"
  list SKIPPED "skipped:"
  list "LEFT OUT" "left out, for want of time (--resume $out goes on there):"
  [[ $failures -gt 0 ]] || echo "nothing failed"
  echo "written to $out: summary.txt, results.json, and all output in logs.tar.gz"
  rm -rf "$work"
  local result=0
  if [[ $failures -gt 0 ]]; then
    result=1
  elif [[ $gaps -gt 0 ]]; then
    result=3
  fi
  exit "${1:-$result}"
}
