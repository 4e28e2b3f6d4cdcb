# syntax=docker/dockerfile:1
# Stockroom in an image: the binary, the C library, certificates, and nothing to log in to.
#
#   docker build -t stockroom .
#   docker run -p 127.0.0.1:8080:8080 -v stockroom:/data stockroom
#
# See docs/operations/README.md.

# The Rust of `rust-version` in Cargo.toml; the Debian of the last stage.
FROM rust:1.95-slim-trixie AS build
WORKDIR /build
ENV CARGO_TERM_COLOR=never

# The libraries first, against empty sources: this layer is kept until Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
COPY entity/Cargo.toml entity/
COPY migration/Cargo.toml migration/
RUN mkdir -p src entity/src migration/src \
    && touch src/lib.rs entity/src/lib.rs migration/src/lib.rs \
    && echo 'fn main() {}' >src/main.rs \
    && cargo build --release --locked --bin stockroom \
    && rm -r src entity/src migration/src

# Then what is ours. Files keep the date of the checkout, which is before the empty ones were built.
COPY . .
RUN find src entity/src migration/src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --bin stockroom \
    && mkdir /data

# What the binary asks for: glibc, libgcc, certificates, time zones.
FROM gcr.io/distroless/cc-debian13:nonroot

ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Stockroom" \
    org.opencontainers.image.description="Headless commerce: one GraphQL API over stock, orders and accounts" \
    org.opencontainers.image.source="https://github.com/stockroom/stockroom" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"

COPY --from=build /build/target/release/stockroom /usr/bin/stockroom
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/stockroom/
# A new volume takes over the owner of the folder that it covers.
COPY --from=build --chown=65532:65532 /data /data

# "nonroot" of distroless. Give a folder of the host to it: chown 65532:65532.
USER 65532:65532
# A stockroom.toml in /data is read, when there is one.
WORKDIR /data
VOLUME ["/data"]

ENV STOCKROOM_SERVER__HOST=0.0.0.0 \
    STOCKROOM_SERVER__PORT=8080 \
    STOCKROOM_DATABASE__URL=sqlite:///data/stockroom.db
EXPOSE 8080

# The first start may migrate a large database before it listens.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["/usr/bin/stockroom", "health"]

# Requests that were accepted are ended, which may take 16 seconds: docker stop --timeout 20
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/stockroom"]
CMD ["serve"]
