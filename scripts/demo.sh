#!/usr/bin/env bash
# `npm run demo`: from a fresh clone to a running project, whatever is or is not installed. `npm run demo:stop` undoes it.
set -euo pipefail
cd "$(dirname "$0")/.."
fig_command="$PWD/dist/fig.cjs"
shop="$PWD/examples/shop"

node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  { echo "fig needs Node 20.19 or newer; this is $(node --version)." >&2; exit 1; }

# Shows a fig command as one would type it, then runs it on the example.
fig() {
  printf '\n\033[1m$ fig %s\033[0m\n' "$*"
  (cd "$shop" && node "$fig_command" "$@")
}

if [ "${1:-start}" = stop ]; then
  DOCKER_HOST=$(node scripts/demo-engine.mjs find)
  export DOCKER_HOST
  if [ -n "$DOCKER_HOST" ] && [ -f "$fig_command" ]; then fig down -v; fi
  node scripts/demo-engine.mjs stop "$DOCKER_HOST"
  exit
fi

[ -f node_modules/.package-lock.json ] || { echo "Installing fig's dependencies …"; npm ci --no-audit --no-fund --silent; }
node scripts/build.mjs > /dev/null

DOCKER_HOST=$(node scripts/demo-engine.mjs start)
export DOCKER_HOST
node scripts/demo-engine.mjs image "$DOCKER_HOST"
SHOP_PORT=${SHOP_PORT:-$(node scripts/demo-engine.mjs port "$DOCKER_HOST")}
export SHOP_PORT

fig up -d
fig ps -a
url="http://127.0.0.1:$SHOP_PORT/"
printf '\n\033[1m$ curl %s\033[0m\n' "$url"
if command -v curl > /dev/null; then
  curl -sS --fail "$url"
else
  node -e 'fetch(process.argv[1]).then(async answer => { process.stdout.write(await answer.text()); process.exitCode = answer.ok ? 0 : 1; })' "$url"
fi
fig logs

cat << END

The shop is open on $url. To go on by yourself:

  cd examples/shop
  export DOCKER_HOST=$DOCKER_HOST SHOP_PORT=$SHOP_PORT
  alias fig="$fig_command"
  fig logs -f          # and open the page
  fig down -v          # containers, networks and the volume go

  npm run demo:stop    # ends and removes all that the demo started
END
