#!/bin/sh
# Installs Lamina into a local repository of its own, and builds the project in scripts/outside from
# what is installed, as a user would, and runs it on the class path and on the module path.
#
#   scripts/outside-project.sh [OPTION...]   options for Maven, such as -o (offline)
set -eu

home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$home/scripts/find-java.sh"
find_java 25 || {
  echo "outside-project: a JDK 25 is needed: install one in the system's usual place, or set JAVA_HOME to it" >&2
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# All that Maven has already, but no Lamina.
there=${HOME:-/nonexistent}/.m2/repository
repository=$work/repository
mkdir -p "$repository/dev"
for folder in "$there"/* "$there"/dev/*; do
  case ${folder#"$there"/} in
    dev | dev/lamina) ;;
    *) [ ! -d "$folder" ] || ln -s "$folder" "$repository/${folder#"$there"/}" ;;
  esac
done

version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' "$home/pom.xml")
echo "installing Lamina $version..." >&2
mvn -q "$@" -f "$home/pom.xml" -Dmaven.repo.local="$repository" -Dmaven.test.skip=true \
  -Dformat.skip=true -pl :lamina-cpu -am install

for jar in lamina-core lamina-cpu; do
  ls "$repository/dev/lamina/$jar/$version/$jar-$version-sources.jar" >/dev/null
done

echo "building the project..." >&2
cp -R "$home/scripts/outside" "$work/project"
JAVA_HOME=${java%/bin/java} mvn -q "$@" -f "$work/project/pom.xml" -Dmaven.repo.local="$repository" \
  -Dlamina.version="$version" package

cd "$work/project/target"
echo "on the class path:" >&2
"$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -cp "classes:lib/*" org.example.outside.Main "$work/class-path"
echo "on the module path:" >&2
"$java" --enable-native-access=dev.lamina.cpu \
  --module-path classes:lib -m org.example.outside/org.example.outside.Main "$work/module-path"
