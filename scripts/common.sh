# Shared by the scripts here; sourced, never run. Finds what a script needs and says in one line what is missing.
# Bash 4.2 or newer. Everything goes to stderr: stdout belongs to the program that is started.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
jdk_version=25

say() { printf '%s\n' "$*" >&2; }

# Ends with one line: what is missing and what to do about it.
die() {
  say "carafe: $*"
  exit 2
}

# Root on Debian or Ubuntu: the scripts may install what is missing.
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

# apt_install PACKAGE...: true if apt had them all and installed them.
apt_install() {
  can_install || return 1
  if [ -z "${apt_updated:-}" ]; then
    apt_updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 </dev/null || true
  fi
  apt-cache show "$@" >/dev/null 2>&1 || return 1
  say "carafe: installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
}

# The feature version of the JDK in a directory, from its release file (no JVM is started); fails if it is none.
jdk_feature() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Prints the home of a JDK of at least $jdk_version: the one asked for, the one of PATH, then the usual places, oldest fit first.
find_jdk() {
  local home version best="" best_version=""
  local -a homes=("${CARAFE_JAVA_HOME:-}" "${JAVA_HOME:-}")
  if command -v javac >/dev/null 2>&1; then
    homes+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  fi
  for home in "${homes[@]}"; do
    [ -n "$home" ] && version=$(jdk_feature "$home") && [ -n "$version" ] && [ "$version" -ge "$jdk_version" ] || continue
    printf '%s\n' "$home"
    return 0
  done
  for home in /usr/lib/jvm/* /opt/*jdk* /opt/java/* "${HOME:-/nowhere}"/.sdkman/candidates/java/* \
    "${HOME:-/nowhere}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(jdk_feature "$home") && [ -n "$version" ] && [ "$version" -ge "$jdk_version" ] || continue
    if [ -z "$best_version" ] || [ "$version" -lt "$best_version" ]; then
      best=$home
      best_version=$version
    fi
  done
  [ -n "$best" ] && printf '%s\n' "$best"
}

# Sets and exports JAVA_HOME.
need_jdk() {
  local home
  if ! home=$(find_jdk); then
    apt_install "openjdk-$jdk_version-jdk-headless" || apt_install "temurin-$jdk_version-jdk" || true
    home=$(find_jdk) || die "JDK $jdk_version is missing: install one (for example Temurin $jdk_version from adoptium.net) and set JAVA_HOME to it"
  fi
  export JAVA_HOME=$home
}

# need_maven: Maven 3.8.7 or newer on PATH.
need_maven() {
  command -v mvn >/dev/null 2>&1 || apt_install maven || true
  command -v mvn >/dev/null 2>&1 || die "Maven is missing: install version 3.8.7 or newer (Debian, Ubuntu: apt-get install maven)"
}

# need_node: Node.js 18 or newer with npm, for the tests with JavaScript SDKs.
need_node() {
  { command -v node && command -v npm; } >/dev/null 2>&1 || apt_install nodejs npm || true
  { command -v node && command -v npm; } >/dev/null 2>&1 ||
    die "Node.js or npm is missing: the tests with JavaScript SDKs need version 18 or newer (Debian, Ubuntu: apt-get install nodejs npm)"
  local version
  version=$(node -p 'process.versions.node.split(".")[0]' </dev/null)
  [ "$version" -ge 18 ] || die "Node.js $version is too old: the tests with JavaScript SDKs need version 18 or newer"
}

# need_fonts: a font for Java to draw plots with.
need_fonts() {
  command -v fc-list >/dev/null 2>&1 || apt_install fontconfig fonts-dejavu-core || true
  [ -n "$(fc-list 2>/dev/null | head -n 1)" ] ||
    die "fontconfig or a font is missing: the tests of plots need one (Debian, Ubuntu: apt-get install fontconfig fonts-dejavu-core)"
}

# need_disk MEGABYTES DIRECTORY: so much free space there.
need_disk() {
  local free
  free=$(($(df -Pk "$2" | awk 'NR == 2 {print $4}') / 1024))
  [ "$free" -ge "$1" ] || die "too little disk: $2 has $free MB free, this needs $1 MB"
}

# The directory that holds Maven's downloads, or its nearest parent that exists.
maven_store() {
  local directory=${HOME:-/tmp}/.m2
  [ -d "$directory" ] || directory=${HOME:-/tmp}
  printf '%s\n' "$directory"
}

# Runs Maven on $JAVA_HOME without progress noise.
maven() {
  MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
    mvn -B -ntp -f "$root/pom.xml" "$@" </dev/null
}

# ensure_built MODULE: builds a module (server, bench) with what it needs where sources are newer than the last build, into a
# directory of its own that later builds leave alone, so that a running server keeps its jars. Sets $app to that directory.
ensure_built() {
  local module=$1 link=$root/.cache/$1 stamp
  need_jdk
  if ! is_current "$module"; then
    mkdir -p "$root/.cache"
    exec 9>"$root/.cache/build.lock"
    command -v flock >/dev/null 2>&1 && flock 9
    is_current "$module" || build "$module"
    exec 9>&-
  fi
  app=$(cd "$link" && pwd -P)
}

# True if no source is newer than the last build, by the same JDK, and Maven's store still has its jars.
is_current() {
  local stamp=$root/.cache/$1/built
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$JAVA_HOME" ] || return 1
  local -a sources=("$root"/pom.xml "$root"/{models,inference,server}/{pom.xml,src/main})
  [ "$1" = bench ] && sources+=("$root"/bench/{pom.xml,src/main})
  [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ] || return 1
  local jar
  while IFS= read -r jar; do
    [ -f "$jar" ] || return 1
  done <"$root/.cache/$1/libraries"
}

build() {
  local module=$1 directory log
  need_maven
  need_disk 1500 "$root"
  need_disk 1500 "$(maven_store)"
  say "carafe: building…"
  directory=$(mktemp -d "$root/.cache/$module.XXXXXX")
  log=$directory/build.log
  touch "$directory/begun"
  if ! maven -q package -pl "$module" -am -DskipTests -Dspotless.check.skip=true >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    rm -rf "$directory"
    die "the build failed"
  fi
  local part
  for part in models inference server ${module#server}; do
    cp "$root/$part/target/carafe-$part.jar" "$directory/"
  done
  tr ':' '\n' <"$root/$module/target/runtime.classpath" >"$directory/libraries"
  printf '\n' >>"$directory/libraries"
  sed -i '/^$/d' "$directory/libraries"
  [ "$module" = server ] && record_start "$directory" "$log"
  printf '%s\n' "$JAVA_HOME" >"$directory/built"
  touch -r "$directory/begun" "$directory/built"
  ln -sfn "${directory##*/}" "$root/.cache/$module"
  # The build before this one may still be running somewhere; those before it go.
  find "$root/.cache" -maxdepth 1 -type d -name "$module.??????" ! -path "$directory" -printf '%T@ %p\n' | sort -rn | tail -n +2 |
    while read -r _ old; do rm -rf "$old"; done
}

# record_start DIRECTORY LOG: serves the demo once and records which classes that took (an AOT cache, JEP 483 and 514), so that
# starts take half the time. A cache is a convenience: where it cannot be made, starts are slower and nothing else.
record_start() {
  "$JAVA_HOME/bin/java" "${jvm_options[@]}" -XX:AOTCacheOutput="$1/carafe.aot" -cp "$(class_path "$1")" \
    org.carafe.server.Main self-test >>"$2" 2>&1 </dev/null || say "carafe: the self-test failed, see $2"
}

# class_path DIRECTORY: of what was built there.
class_path() { printf '%s:' "$1"/*.jar && paste -sd: "$1/libraries"; }

# The JVM's options. They must be the same when the AOT cache is recorded and when it is used.
jvm_options=(
  --add-modules jdk.incubator.vector
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  -XX:+UseCompactObjectHeaders
  -XX:+UseParallelGC
  -XX:+ExitOnOutOfMemoryError
)
