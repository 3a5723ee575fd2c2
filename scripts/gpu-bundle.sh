#!/usr/bin/env bash
# Makes one folder of at most 50 MiB that checks and measures Lamina on an x86-64 Linux machine with
# an NVIDIA GPU: no JDK, Maven or network is needed there, only run-checks.sh in the folder.
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/gpu-bundle.sh [--mnist FOLDER] [--out FOLDER]

  --mnist FOLDER  put MNIST in: its four files, plain or .gz; else the checks train on generated digits
  --out FOLDER    where to (default: target/gpu-bundle); what is there is replaced

Copy the folder to the machine with the GPU and run ./run-checks.sh in it; --help tells what it does.
END
}

stop() {
  echo "gpu-bundle: $1" >&2
  exit 2
}

LIMIT=$((50 * 1024 * 1024))
MNIST_FILES="train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte"
# What jdeps cannot see: the Vector API is added on the command line, JMH asks the JDK's own
# management beans by reflection, JUnit opens the jar of the tests as a file system.
MODULES=jdk.incubator.vector,jdk.management,jdk.zipfs
# What libraries name and Lamina never reaches: java.beans in commons-math, conversions of
# parameters to java.sql types and legacy XML reports in JUnit.
UNREACHED="java.desktop java.sql java.xml"

mnist=
out=
while [[ $# -gt 0 ]]; do
  case $1 in
    --mnist | --out)
      [[ $# -ge 2 ]] || stop "option $1 needs a folder"
      [[ $1 == --mnist ]] && mnist=$2 || out=$2
      shift 2
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      stop "option $1 is unknown"
      ;;
  esac
done

if [[ -n $mnist ]]; then
  mnist=$(cd "$mnist" 2>/dev/null && pwd) || stop "--mnist: there is no such folder"
  for name in $MNIST_FILES; do
    [[ -r $mnist/$name || -r $mnist/$name.gz ]] || stop "--mnist: $mnist has neither $name nor $name.gz"
  done
fi
[[ -z $out ]] || { mkdir -p "$out" && out=$(cd "$out" && pwd); } || stop "--out: the folder cannot be made"

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$home"
out=${out:-$home/target/gpu-bundle}
[[ ! -e $out || -z $(ls -A "$out") || -e $out/run-checks.sh ]] ||
  stop "--out $out: the folder holds something else; name a new one"

. scripts/find-java.sh
find_java 25 || stop "a JDK 25 is needed: install one or set JAVA_HOME to it"
jdk=${java%/bin/java}
[[ -x $jdk/bin/jlink && -x $jdk/bin/jdeps ]] || stop "$jdk is no full JDK: jlink and jdeps are missing"
for tool in mvn xz tar gzip sha256sum; do
  command -v "$tool" >/dev/null || stop "the command $tool is missing: install it"
done
[[ $(uname -sm) == "Linux x86_64" ]] || stop "the runtime is made from this machine's JDK, which must be for Linux on x86-64"

work=$home/target/gpu-bundle.work
rm -rf "$work"
mkdir -p "$work/libraries" "$work/jar" "$work/payload/lib"

echo "building..." >&2
mvn -q -B -DskipTests -Dformat.skip=true package dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/libraries"
junit=$(sed -n 's:.*<junit.version>5\.\(.*\)</junit.version>.*:1.\1:p' pom.xml)
mvn -q -B -N dependency:copy -DoutputDirectory="$work/libraries" \
  -Dartifact="org.junit.platform:junit-platform-console-standalone:$junit"
cp cli/target/lamina.jar benchmarks/target/lamina-benchmarks-*.jar "$work/libraries"

# Of each jar what is needed there, stored: the whole is compressed once, in one go, at the end.
# Nothing runs from a module path, and without descriptors jdeps looks at the classes alone.
for jar in "$work"/libraries/*.jar; do
  name=$(basename "$jar")
  rm -rf "$work/jar"
  mkdir "$work/jar"
  (cd "$work/jar" && "$jdk/bin/jar" xf "$jar")
  find "$work/jar" -name module-info.class -delete
  case $name in
    jcuda-natives-*) find "$work/jar/lib" -type f ! -name 'libJCudaDriver-*' -delete ;;
    jcublas-natives-*) find "$work/jar/lib" -type f ! -name 'libJCublas2-*' -delete ;;
    dnnl-*) find "$work/jar/org" -type f ! -name libdnnl.so.3 ! -name libgomp.so.1 -delete ;;
    duckdb_jdbc-*) find "$work/jar" -name 'libduckdb_java.so_*' ! -name '*_linux_amd64' -delete ;;
    jline-native-*) find "$work/jar" -type f -path '*/nativ/*/*' ! -path '*/Linux/x86_64/*' -delete ;;
  esac
  rm -rf "$work/jar/META-INF/native-image" "$work/jar/META-INF/maven"
  if [[ -f $work/jar/META-INF/MANIFEST.MF ]]; then
    "$jdk/bin/jar" -c -f "$work/payload/lib/$name" -0 -m "$work/jar/META-INF/MANIFEST.MF" -C "$work/jar" . 2>/dev/null
  else
    "$jdk/bin/jar" -c -f "$work/payload/lib/$name" -0 -C "$work/jar" .
  fi
done
"$jdk/bin/jar" -c -f "$work/payload/lib/tests.jar" -0 -C src-test/target/test-classes .

# The whole list: a reduced one leaves out what those that are left out here bring along.
needed=$("$jdk/bin/jdeps" --list-deps --ignore-missing-deps --multi-release 25 \
  -cp "$work/payload/lib/*" "$work"/payload/lib/*.jar | sed -n 's:^ *\(java\|jdk\)\.\([^/]*\).*:\1.\2:p' | sort -u)
for module in $needed; do
  [[ " $UNREACHED " == *" $module "* || ,$MODULES, == *,$module,* ]] || MODULES+=,$module
done
echo "making a Java runtime of $MODULES..." >&2
"$jdk/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages \
  --compress zip-0 --output "$work/payload/runtime" 2>/dev/null

echo "compressing..." >&2
mkdir "$work/bundle"
# --x86: a filter that makes machine code, which is most of it, compress better.
tar -C "$work/payload" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - lib runtime |
  xz --x86 --lzma2=preset=6 >"$work/bundle/payload.tar.xz"
(cd "$work/bundle" && sha256sum payload.tar.xz >payload.sha256)
cp -R scripts/run-checks.sh scripts/gpu-checks "$work/bundle/"
chmod +x "$work/bundle/run-checks.sh"
cp -R benchmarks/peers "$work/bundle/peers"
find "$work/bundle/peers" -name __pycache__ -prune -exec rm -rf {} +
cp LICENSE "$work/bundle/"
if [[ -n $mnist ]]; then
  mkdir "$work/bundle/mnist"
  for name in $MNIST_FILES; do
    if [[ -r $mnist/$name.gz ]]; then
      cp "$mnist/$name.gz" "$work/bundle/mnist/"
    else
      gzip -9nc "$mnist/$name" >"$work/bundle/mnist/$name.gz"
    fi
  done
  chmod -R u+w "$work/bundle/mnist"
fi
{
  echo "lamina $(git describe --always --dirty 2>/dev/null || echo 'of unknown revision')"
  sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/java \1/p' "$jdk/release"
  echo "modules $MODULES"
} >"$work/bundle/VERSION"

# Files' sizes, not the blocks they take on this disk.
size=$(find "$work/bundle" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
if [[ $size -gt $LIMIT ]]; then
  echo "gpu-bundle: the bundle has $size bytes, more than the $LIMIT allowed. The largest files:" >&2
  find "$work/bundle" "$work/payload" -type f -printf '%12s  %P\n' | sort -rn | head -n 12 >&2
  exit 1
fi
rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/bundle" "$out"
rm -rf "$work"
awk -v s="$size" -v o="$out" 'BEGIN { printf "%s: %.1f MiB\n", o, s / 1048576 }'
