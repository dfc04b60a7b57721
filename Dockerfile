FROM rust:1.95-bookworm AS build
WORKDIR /src

# The dependencies make a layer of their own, which only a change of the manifests builds again.
COPY Cargo.toml Cargo.lock ./
COPY trials/Cargo.toml trials/
COPY trials/postgres/Cargo.toml trials/postgres/
COPY .cargo .cargo
RUN mkdir src && touch src/lib.rs && echo 'fn main() {}' > src/main.rs \
    && cargo build --profile dist --locked --features postgres-tls,otlp

# cargo goes by times of change, and the real sources may be older than the stand-ins above.
COPY . .
RUN touch src/lib.rs src/main.rs \
    && cargo build --profile dist --locked --features postgres-tls,otlp \
    && mkdir /empty


FROM debian:bookworm-slim

# The binary brings all it needs but the C library and the certificates that it should trust.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/target/dist/incognito /usr/local/bin/
COPY --from=build --chown=10001:10001 /empty /data

ENV INCOGNITO_DATA=/data \
    INCOGNITO_LISTEN=0.0.0.0:8080 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 10001:10001
VOLUME /data
EXPOSE 8080

# No HEALTHCHECK: there is no HTTP client inside. Whoever runs the container asks /livez and /readyz from outside.
ENTRYPOINT ["incognito"]
CMD ["serve"]
