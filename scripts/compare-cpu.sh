#!/bin/sh
# Measures one training step of Lamina beside libtorch's and writes the result to
# benchmarks/results/. Downloads libtorch on first use (110 MB). `--help` lists the options.
set -eu
cd "$(dirname -- "$0")/.."
. scripts/find-java.sh
find_java 25 || {
  echo "compare-cpu: Java 25 or newer is needed: install a JDK 25 or set JAVA_HOME to it" >&2
  exit 2
}
mvn -q -B -Plibtorch -pl benchmarks -am -Dmaven.test.skip=true -Dformat.skip=true package
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/comparison/*" \
  dev.lamina.benchmarks.compare.Compare "$@"
