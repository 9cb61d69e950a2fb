# docker build -t dialsip .
# docker run --rm --read-only -v "$PWD/my:/etc/dialsip:ro" dialsip check
#
# Debian slim and not Alpine: Node on glibc is a Tier 1 platform of the Node project, on musl it is experimental.
# The digest is that of the index of all platforms, Node 24.19.0; docs/deploy.md says how it is renewed.
FROM node:24-slim@sha256:cd84903a12dbd26b46f1f3b8144a2568c41c5d37ddd0c7a80a34c7a19786b35f AS node

FROM node AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Files may come from a checkout with any umask: the image's user must be able to read them, and not to write them.
RUN npm run build && chmod -R u=rwX,go=rX dist config package.json && chmod 755 dist/bin/dialsip.js

FROM node AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY deploy/prune.sh ./
RUN sh prune.sh node_modules && chmod -R u=rwX,go=rX node_modules

FROM node AS app
# Nothing is installed at run time, so the package managers have no business here.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-v* \
 && ln -s /app/dist/bin/dialsip.js /usr/local/bin/dialsip

COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/package.json /app/package.json
COPY --from=build /app/config /app/config
COPY --from=build /app/dist /app/dist

ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/compile-cache

# What Node has compiled, so that a start takes a seventh less. Node keeps it by user: made as root it would be passed over.
FROM app AS compiled
RUN install -d -o 1000 -g 1000 /app/compile-cache
USER 1000:1000
RUN dialsip demo --once --port 0 > /dev/null \
 && TWILIO_AUTH_TOKEN=placeholder dialsip check /app/config/dialsip.yaml \
 && { dialsip health --url http://127.0.0.1:1 || true; } \
 && node --eval "import('/app/dist/bin/redis-link.js')" \
 && chmod -R u=rwX,go=rX /app/compile-cache

FROM app
COPY --from=compiled /app/compile-cache /app/compile-cache

# The one place for the config. Nothing lies there: without a mount the start fails with `file-unreadable`,
# and the shipped example never answers a call. Relative paths of commands begin here as well.
ENV DIALSIP_CONFIG=/etc/dialsip/dialsip.yaml
WORKDIR /etc/dialsip

# A number and not a name, because Kubernetes can only prove of a number that it isn't root (`runAsNonRoot`).
USER 1000:1000

# 8080 is the public listener. 9090 is the admin listener, on loopback unless the config says otherwise.
EXPOSE 8080 9090

# It asks /livez where `listen` of the config says. Images in the OCI format (podman, buildah) have no health checks, so
# their builders drop this line: give the same command to what runs them, as compose.yaml does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["dialsip", "health"]

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
