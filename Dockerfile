# docker build -t dialsip .
# docker run --rm --read-only -v "$PWD/my:/etc/dialsip:ro" dialsip check
#
# Debian slim and not Alpine: Node on glibc is a Tier 1 platform of the Node project, on musl it is experimental.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Files may come from a checkout with any umask: the image's user must be able to read them, and not to write them.
RUN npm run build && chmod -R u=rwX,go=rX dist config package.json

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' \) -delete

FROM node:24-slim

# Nothing is installed at run time, so the package managers have no business here.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-v*

COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/package.json /app/package.json
COPY --from=build /app/config /app/config
COPY --from=build /app/dist /app/dist

# The one place for the config. Nothing lies there: without a mount the start fails with `file-unreadable`,
# and the shipped example never answers a call. Relative paths of commands begin here as well.
ENV NODE_ENV=production \
    DIALSIP_CONFIG=/etc/dialsip/dialsip.yaml
WORKDIR /etc/dialsip

# A number and not a name, because Kubernetes can only prove of a number that it isn't root (`runAsNonRoot`).
USER 1000:1000

# 8080 is the public listener. 9090 is the admin listener, on loopback unless the config says otherwise.
EXPOSE 8080 9090

# `/livez` is at the root whatever the path of `publicUrl`. With another port in `listen`, give your own check.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "require('node:http').get('http://127.0.0.1:8080/livez', (reply) => process.exit(reply.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]

# The exec form: node is process 1 and gets SIGTERM and SIGHUP itself.
ENTRYPOINT ["node", "/app/dist/bin/dialsip.js"]
CMD ["serve"]

ARG VERSION=dev
ARG REVISION=unknown
# where this is developed; the release workflow says it
ARG SOURCE=
LABEL org.opencontainers.image.title="dialsip" \
      org.opencontainers.image.description="Twilio phone numbers in, your own SIP infrastructure out" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
