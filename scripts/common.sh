# Shared by the scripts here; sourced, never run. Finds what a script needs and says in one line what is missing.
# Bash 4.2 or newer. Everything goes to stderr: stdout belongs to the program that is started.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
jdk_version=25
maven_version=3.8.7

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

# at_least WANTED VERSION: true if a dotted version is WANTED or newer.
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# need_maven: Maven $maven_version or newer on PATH.
need_maven() {
  command -v mvn >/dev/null 2>&1 || apt_install maven || true
  command -v mvn >/dev/null 2>&1 ||
    die "Maven is missing: install version $maven_version or newer (Debian, Ubuntu: apt-get install maven)"
  local version
  version=$(mvn --version </dev/null 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p') || true
  at_least "$maven_version" "${version:-0}" ||
    die "Maven ${version:-of unknown version} is too old: install version $maven_version or newer and put it first on PATH"
}

# need_node: Node.js with npm, for the tests with JavaScript SDKs, as new as their package.json asks for.
need_node() {
  local wanted version
  wanted=$(sed -n 's/.*"node": ">=\([0-9]*\)".*/\1/p' "$root/server/src/test/sdk/package.json")
  { command -v node && command -v npm; } >/dev/null 2>&1 || apt_install nodejs npm || true
  { command -v node && command -v npm; } >/dev/null 2>&1 ||
    die "Node.js or npm is missing: the tests with JavaScript SDKs need version $wanted or newer (Debian 13: apt-get install nodejs npm)"
  version=$(node -p 'process.versions.node' </dev/null)
  at_least "$wanted" "$version" ||
    die "Node.js $version is too old: the tests with JavaScript SDKs need version $wanted or newer"
}

# need_fonts: a font for Java to draw plots with.
need_fonts() {
  command -v fc-list >/dev/null 2>&1 || apt_install fontconfig fonts-dejavu-core || true
  [ -n "$(fc-list 2>/dev/null | head -n 1)" ] ||
    die "fontconfig or a font is missing: the tests of plots need one (Debian, Ubuntu: apt-get install fontconfig fonts-dejavu-core)"
}

# need_redis: a Redis for the tests of limits that servers share there.
need_redis() {
  command -v redis-server >/dev/null 2>&1 || apt_install redis-server || true
  command -v redis-server >/dev/null 2>&1 ||
    die "redis-server is missing: the tests of shared limits need one (Debian, Ubuntu: apt-get install redis-server)"
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

# The Maven profiles to build with, from CARAFE_PROFILE: names such as torch-cu124, separated by commas; none where it is empty.
profiles() {
  local names=${CARAFE_PROFILE:-} name
  [ -n "$names" ] || return 0
  [[ $names =~ ^[a-z0-9]+(-[a-z0-9]+)*(,[a-z0-9]+(-[a-z0-9]+)*)*$ ]] ||
    die "CARAFE_PROFILE must be names of Maven profiles such as torch-cu124, separated by commas"
  for name in ${names//,/ }; do
    grep -q "<id>$name</id>" "$root/pom.xml" || die "CARAFE_PROFILE: pom.xml has no profile $name"
  done
  printf '%s\n' "$names"
}

# Runs Maven on $JAVA_HOME without progress noise, with the profiles of CARAFE_PROFILE.
maven() {
  local names
  names=$(profiles) || exit
  MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
    mvn -B -ntp -f "$root/pom.xml" ${names:+-P "$names"} "$@" </dev/null
}

# ensure_built MODULE: builds a module (server, bench) with what it needs where sources are newer than the last build, into a
# directory of its own that later builds leave alone while any process runs from it. Sets $app to that directory, and keeps
# a shared lock on its file "built": a java that is exec'ed from here keeps that lock until it ends.
ensure_built() {
  local module=$1 link=$root/.cache/$1
  need_jdk
  # With the JDK's build: one that was updated in its place takes no archive of its predecessor.
  made_by="$JAVA_HOME $(sed -n 's/^JAVA_RUNTIME_VERSION=//p' "$JAVA_HOME/release") $(profiles)" || exit
  if ! is_current "$module"; then
    mkdir -p "$root/.cache"
    exec 9>"$root/.cache/build.lock"
    command -v flock >/dev/null 2>&1 && flock 9
    is_current "$module" || build "$module"
    exec 9>&-
  fi
  # A build that became an old one just now may be gone before it is locked: then the link names a newer one.
  local try
  for try in 1 2 3 4 5; do
    if app=$(cd "$link" && pwd -P) && hold "$app" && [ -f "$app/built" ]; then return 0; fi
  done
  die "the build in $link cannot be read"
}

# hold DIRECTORY: marks a build as in use for as long as this process, or what it exec's, lives.
hold() {
  { exec 8<"$1/built"; } 2>/dev/null || return 1
  ! command -v flock >/dev/null 2>&1 || flock -s 8
}

# remove_unused MODULE: deletes builds but the newest that no process runs from. Where flock is missing nobody knows, and all stay.
remove_unused() {
  command -v flock >/dev/null 2>&1 || return 0
  local old current
  current=$(cd "$root/.cache/$1" && pwd -P)
  for old in "$root/.cache/$1".??????; do
    [ -d "$old" ] && [ "$old" != "$current" ] || continue
    # The lock file stays locked while the directory goes: nobody starts from a build that is on its way out.
    (
      if [ ! -f "$old/built" ] || { exec 7<"$old/built" && flock -n 7; }; then rm -rf "$old"; fi
    )
  done
}

# True if no source is newer than the last build, by the same JDK and profiles, and Maven's store still has its jars.
is_current() {
  local stamp=$root/.cache/$1/built
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$made_by" ] || return 1
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
  # CUDA's libraries alone are 2.4 GB.
  case ${CARAFE_PROFILE:-} in
    *torch-cu*) need_disk 5000 "$(maven_store)" ;;
    *) need_disk 1500 "$(maven_store)" ;;
  esac
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
  printf '%s\n' "$made_by" >"$directory/built"
  touch -r "$directory/begun" "$directory/built"
  ln -sfn "${directory##*/}" "$root/.cache/$module"
  remove_unused "$module"
}

# record_start DIRECTORY LOG: serves the demo once, notes which classes and lambdas that took, and archives them (class data sharing), so that
# starts take half the time. Not an AOT cache: beside an incubating module (the Vector API) one leaves out every lambda. An archive is a
# convenience: where it cannot be made, starts are slower and nothing else.
record_start() {
  local classes
  classes=$(class_path "$1")
  "$JAVA_HOME/bin/java" "${jvm_options[@]}" -XX:DumpLoadedClassList="$1/carafe.classlist" -cp "$classes" \
    org.carafe.server.Main self-test >>"$2" 2>&1 </dev/null || say "carafe: the self-test failed, see $2"
  "$JAVA_HOME/bin/java" "${jvm_options[@]}" -Xshare:dump -XX:SharedClassListFile="$1/carafe.classlist" \
    -XX:SharedArchiveFile="$1/carafe.jsa" -cp "$classes" >>"$2" 2>&1 </dev/null || rm -f "$1/carafe.jsa"
}

# class_path DIRECTORY: of what was built there.
class_path() { printf '%s:' "$1"/*.jar && paste -sd: "$1/libraries"; }

# glibc gives every thread an arena of its own, which stay half empty: two are enough where Java allocates and PyTorch keeps its buffers.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}

# The JVM's options. A small young generation: the weights are what memory is for. They must be the same when classes are archived and when they are used.
jvm_options=(
  --add-modules jdk.incubator.vector
  -Xms64m
  -Xmn32m
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  -XX:+UseCompactObjectHeaders
  -XX:+UseParallelGC
  -XX:+ExitOnOutOfMemoryError
)
