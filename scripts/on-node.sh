#!/bin/sh
# on-node.sh VERSION: runs the compiled tests of what depends most on Node itself (processes, streams, time zones) with
# that Node, which is fetched from the npm registry: scripts/on-node.sh 24
set -eu
node=$(npm exec --yes --package="node@$1" -c 'command -v node')
PATH=$(dirname "$node"):$PATH
export PATH
node --version
exec npx tap dist/test/cli/*.test.js dist/test/golden.test.js dist/test/schedule.test.js \
  --disable-coverage --jobs=2 --reporter=terse
