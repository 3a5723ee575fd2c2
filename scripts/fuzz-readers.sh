#!/bin/sh
# Feeds damaged files to every reader: IDX, gzip, CSV, JSON, safetensors, models, measured products.
# Each must be refused with a message that names the file, or read as a second, plain reading of the
# same bytes says. What fails is kept in src-test/target/fuzz.
#
#   scripts/fuzz-readers.sh [INPUTS [SEED [READERS]]]
#             so many inputs (a million) for each of these readers (all), as csv-learn,json, made from
#             the numbers SEED, SEED + 1, ... (the time)
#   scripts/fuzz-readers.sh FILE
#             a kept file once more
set -eu

home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
if [ -f "${1:-}" ]; then
  kept=$(CDPATH= cd -- "$(dirname -- "$1")" && pwd -P)/$(basename -- "$1")
  set -- "-Dlamina.fuzz.replay=$kept"
else
  inputs=${1:-1000000}
  seed=${2:-$(date +%s)000000}
  echo "$inputs inputs for each reader, from seed $seed" >&2
  set -- "-Dlamina.fuzz.inputs=$inputs" "-Dlamina.fuzz.seed=$seed" "-Dlamina.fuzz.readers=${3:-}"
fi
exec mvn -q -f "$home/pom.xml" -pl src-test -am test -Dtest=FuzzTest -Dformat.skip=true \
  -Dsurefire.failIfNoSpecifiedTests=false "$@"
