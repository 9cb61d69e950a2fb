#!/bin/sh
# on-node.sh VERSION: runs the compiled tests of what depends most on Node itself (processes, signals, threads, time zones) with
# that Node, which is fetched from the npm registry: scripts/on-node.sh 24
set -eu
node=$(npm exec --yes --package="node@$1" -c 'command -v node')
PATH=$(dirname "$node"):$PATH
export PATH
node --version
exec node dist/scripts/test.js dist/test/cli/commands.test.js dist/test/cli/help.test.js dist/test/cli/running-server.test.js \
  dist/test/golden.test.js dist/test/schedule.test.js dist/test/reload/transfer.test.js dist/test/reload/watch.test.js \
  dist/test/server/start-and-stop.test.js
