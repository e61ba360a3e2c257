# docs/operating.md, "With Docker". glibc: the event store's library has no build for musl.

FROM node:22-bookworm AS build
WORKDIR /onym
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.base.json ./
COPY README.md llms.txt ./
COPY docs docs
COPY scripts scripts
COPY packages packages
COPY examples/browser/package.json examples/browser/
COPY examples/express/package.json examples/express/
# Compilers of TypeScript run no install script; better-sqlite3's is for what stays.
RUN npm ci --ignore-scripts
RUN npm run build
RUN npm ci --omit=dev --workspace onym
# What ran is in dist and in the binary; the console's build is a part of the server's package.
RUN rm -rf packages/console packages/*/src packages/*/test node_modules/better-sqlite3/deps node_modules/better-sqlite3/src node_modules/better-sqlite3/build/Release/obj*

FROM node:22-bookworm-slim
# MALLOC_ARENA_MAX: docs/operating.md, "Limits".
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 ONYM_HOST=0.0.0.0 ONYM_DATA_DIR=/var/lib/onym PATH=/onym/node_modules/.bin:$PATH
RUN install -d -o node -g node -m 0700 /var/lib/onym
WORKDIR /onym
COPY --from=build /onym/packages packages
COPY --from=build /onym/node_modules node_modules
USER node
VOLUME /var/lib/onym
EXPOSE 7700
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ONYM_PORT || 7700}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/onym/packages/server/bin/onym.cjs"]
CMD ["serve"]
