# Java and the jars, unpacked once: in the bundle's folder, or elsewhere where that cannot be
# written to. Sourced by run-checks.sh.

decompress() {
  if command -v xz >/dev/null; then
    xz -dc "$1"
  else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}

unpack() {
  command -v xz >/dev/null || python3 -c 'import lzma' 2>/dev/null ||
    stop "payload.tar.xz cannot be unpacked: neither xz nor python3 is here"
  local new=$home.$$
  (cd "$here" && sha256sum --quiet -c payload.sha256) || stop "payload.tar.xz is damaged: copy the bundle again"
  mkdir -p "$new" && decompress "$here/payload.tar.xz" | tar -C "$new" -xf - && [[ ${PIPESTATUS[0]} == 0 ]] ||
    stop "payload.tar.xz cannot be unpacked into $new, see above"
  mv -T "$new" "$home" 2>/dev/null || rm -rf "$new" # another process was faster
}

# Some programs run in another folder, where a relative name would mean nothing.
absolute() {
  local entry entries joined=
  IFS=: read -ra entries <<<"$1"
  for entry in "${entries[@]}"; do
    [[ ! -d $entry ]] || entry=$(cd "$entry" && pwd)
    joined+=${joined:+:}$entry
  done
  printf '%s' "$joined"
}

# What an earlier run measured of products, so that nothing is measured twice.
bring_tuned() {
  mkdir -p -m 700 "$LAMINA_CACHE" && tar -C "$LAMINA_CACHE" --no-same-owner -xzf "$tuned/tuned.tar.gz" ||
    stop "$tuned/tuned.tar.gz cannot be unpacked into $LAMINA_CACHE"
}

# Sets `java`, its `flags` and the class path in `classes`, and what programs find in their
# environment.
find_runtime() {
  local digest
  read -r digest _ <"$here/payload.sha256" || stop "payload.sha256 is missing: copy the bundle again"
  if [[ -w $here ]]; then
    home=$here/unpacked-${digest:0:16}
  else
    home=${TMPDIR:-/tmp}/lamina-checks-$(id -u)-${digest:0:16}
    [[ ! -e $home || -O $home ]] || stop "$home belongs to somebody else: set TMPDIR to another folder"
  fi
  [[ -d $home ]] || unpack
  java=$home/runtime/bin/java
  "$java" -version >/dev/null 2>&1 ||
    stop "the Java runtime in $home does not start: $("$java" -version 2>&1 | head -n 1)"
  flags=(--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED)
  flags+=(--sun-misc-unsafe-memory-access=allow -Xlog:disable -Xlog:all=warning:stderr)
  classes="$home/lib/*"
  [[ -z ${LAMINA_CUDA_LIBRARIES:-} ]] || LAMINA_CUDA_LIBRARIES=$(absolute "$LAMINA_CUDA_LIBRARIES")
  export LAMINA_CACHE=$home/cache
  [[ -z ${tuned:-} ]] || bring_tuned
  export PYTHONDONTWRITEBYTECODE=1
}
