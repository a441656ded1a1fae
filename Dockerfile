# syntax=docker/dockerfile:1
# The same server and site as in the bundle (scripts/bundle.sh), as an image for ECS, App Runner or any other
# place that runs containers:
#
#   docker build -t tic-tac-toe .
#   docker run -p 8080:8080 -e TTT_REGION=eu-central-1 -e TTT_TABLE_PREFIX=tic-tac-toe- tic-tac-toe
#
# It has not been built where this project is tested, for want of a Docker engine. There `make test-deploy` lints
# it and runs what the last stage holds, and nothing else, in a root directory of its own.

# WebAssembly's optimiser comes from npm.
FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
COPY --from=node /usr/local/ /usr/local/
WORKDIR /source
# The tools take minutes and seldom change: a layer of their own.
COPY scripts/lib.sh scripts/setup.sh scripts/
COPY Cargo.toml rust-toolchain.toml ./
COPY deploy/tests/requirements.txt deploy/tests/
COPY end2end/package.json end2end/package-lock.json end2end/
ARG TARGETARCH
ENV CI=1
RUN ARCH=${TARGETARCH#amd64} scripts/setup.sh bundle
COPY . .
RUN ARCH=${TARGETARCH#amd64} scripts/bundle.sh && mv target/bundle/content /app

# Nothing but the program, its files and the certificates of the authorities that have signed AWS's.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /app /app
WORKDIR /app
# Nobody in particular; a number, so that a platform can tell that it is not root.
USER 65532:65532
ENV PORT=8080
EXPOSE 8080
# No HEALTHCHECK, which would need a program in the image that asks: orchestrators ask /livez and /readyz.
# `docker stop` sends SIGTERM: the server drains, which takes 9 seconds at most.
ENTRYPOINT ["/app/server"]
