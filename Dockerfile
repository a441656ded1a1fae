# syntax=docker/dockerfile:1
# The server and the site of the bundle (scripts/bundle.sh) as an image, for Amazon ECS or any other platform that runs
# containers:
#
#   docker build -t tic-tac-toe .
#   docker run -p 8080:8080 -e TTT_REGION=eu-central-1 -e TTT_TABLE_PREFIX=tic-tac-toe- tic-tac-toe
#
# The project's tests have no Docker engine and do not build this image. Instead, `make test-deploy` lints this file and
# runs the contents of the last stage, and nothing else, in a root directory of its own.

# wasm-opt comes from npm.
FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
COPY --from=node /usr/local/ /usr/local/
WORKDIR /source
# The tools take minutes to install and seldom change, so they have a layer of their own.
COPY scripts/lib.sh scripts/setup.sh scripts/
COPY Cargo.toml rust-toolchain.toml ./
COPY deploy/tests/requirements.txt deploy/tests/
COPY end2end/package.json end2end/package-lock.json end2end/
ARG TARGETARCH
ENV CI=1
RUN ARCH=${TARGETARCH#amd64} scripts/setup.sh bundle
COPY . .
RUN ARCH=${TARGETARCH#amd64} scripts/bundle.sh && mv target/bundle/content /app

# Only the server, its files, and the certificates of the authorities that AWS's endpoints need.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /app /app
WORKDIR /app
# An unprivileged user, as a number, so that a platform can verify that it is not root.
USER 65532:65532
ENV PORT=8080
EXPOSE 8080
# No HEALTHCHECK, because it would need another program in the image. Orchestrators request /livez and /readyz.
# `docker stop` sends SIGTERM: the server drains and stops, within 9 seconds.
ENTRYPOINT ["/app/server"]
