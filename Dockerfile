# Build: the toolchain, the dependencies, one binary.
FROM docker.io/library/rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY locales locales
COPY templates templates
COPY static static
RUN cargo build --release --locked

# Run: the binary and the authorities it trusts, as nobody in particular.
FROM docker.io/library/debian:bookworm-slim
# Google's certificate is checked against the authorities of the image.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data spoolboard && mkdir /data && chown spoolboard /data
COPY --from=build /src/target/release/spoolboard /usr/local/bin/spoolboard
USER spoolboard
VOLUME /data
EXPOSE 8000
# Inside a container every address is "elsewhere", so it does not start until whoever runs it says who may act:
# -e SPOOLBOARD_ACCESS=open for a trial, or -e SPOOLBOARD_ACCESS=enrolled -e SPOOLBOARD_SECRET=... for a plant.
ENV SPOOLBOARD_LISTEN=0.0.0.0:8000 SPOOLBOARD_DATA=/data
# The slim image has bash and, with the authorities, openssl: they ask as the settings say that one has to.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["bash", "-c", "port=${SPOOLBOARD_LISTEN##*:}; ask='GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'; if [ -n \"$SPOOLBOARD_TLS_CERT\" ]; then printf \"$ask\" | openssl s_client -quiet -connect 127.0.0.1:$port 2>/dev/null; else exec 3<>/dev/tcp/127.0.0.1/$port && printf \"$ask\" >&3 && cat <&3; fi | head -1 | grep -q ' 200 '"]
ENTRYPOINT ["spoolboard"]
CMD ["serve"]
