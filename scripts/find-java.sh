# Sourced by the shell scripts of this project (POSIX sh).

# Sets `java` to the `java` of a JDK or JRE of at least version $1: the one in JAVA_HOME, the one on
# the PATH, or one in the system's usual places, in that order. Fails where there is none.
find_java() {
  if [ -n "${JAVA_HOME:-}" ] && is_java_home "$JAVA_HOME" "$1"; then
    return 0
  fi
  if on_path=$(command -v java); then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    if is_java_home "${on_path%/bin/java}" "$1"; then
      return 0
    fi
  fi
  user=${HOME:-/nonexistent} # cron and containers may set none
  for folder in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* /usr/local/* \
    "$user"/.sdkman/candidates/java/* "$user"/.jdks/* "$user"/.gradle/jdks/* "$user"/.jenv/versions/* \
    "$user"/.asdf/installs/java/* "$user"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$user"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if is_java_home "$folder" "$1"; then
      return 0
    fi
  done
  return 1
}

# Whether $1 is the home of a Java of at least version $2, by its `release` file: asking each `java`
# itself would take a tenth of a second. Sets `java` where it is.
is_java_home() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      value=${value#\"}
      value=${value%%[!0-9]*}
      [ -n "$value" ] && [ "$value" -ge "$2" ] || return 1
      java=$1/bin/java
      return 0
    fi
  done <"$1/release"
  return 1
}
