#!/bin/sh
# prune.sh NODE_MODULES: deletes from production packages what nothing reads at run time: 98 MB become some 27.
# test/project/package.test.ts runs every command on what is left.
set -eu
cd "$1"

# Source maps, types, and words for people. Licences stay.
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.flow' -o -name '*.tsbuildinfo' \
  -o \( \( -name '*.md' -o -name '*.markdown' \) ! -iname '*licen[cs]e*' \) \) -delete

# Tests, examples, benchmarks and documentation that packages bring along.
find . -type d \( -name test -o -name tests -o -name __tests__ -o -name example -o -name examples -o -name benchmark \
  -o -name benchmarks -o -name docs -o -name .github \) -prune -exec rm -rf {} +

# Other builds of the same code: for browsers, for bundlers, for older Node.
rm -rf libphonenumber-js/bundle libphonenumber-js/es6 libphonenumber-js/es6-modern libphonenumber-js/source \
  libphonenumber-js/max libphonenumber-js/mobile libphonenumber-js/metadata.[!m]* libphonenumber-js/metadata.m[!i]* \
  luxon/build/amd luxon/build/cjs-browser luxon/build/node luxon/build/global \
  zod/src zod/v3 axios/dist/browser axios/dist/esm dayjs/esm bintrees/dist
# Languages of dates and of error messages; ours is English.
find dayjs/locale -type f ! -name en.js -delete

# Twilio's SDK has a folder for each of its products and loads them when they are asked for. dialsip asks for the
# account API, and with `numbers` and `import` for trunks, regions and Studio; the client itself for the last two.
find twilio/lib/rest -mindepth 1 -maxdepth 1 -type d ! -name api ! -name voice ! -name trunking ! -name routes ! -name studio \
  ! -name oauth ! -name previewIam -exec rm -rf {} +
