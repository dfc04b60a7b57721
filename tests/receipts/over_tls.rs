//! The keys of a receipt, asked of a server that speaks TLS: whom the command believes, and what it says of the others.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Command,
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::{Case, arrive, receipt_of, verify, with_photos};
use crate::{
    app::{TestApp, each_engine_test},
    builders::World,
};

each_engine_test!(keys_come_from_the_server_that_was_named);

/// A certificate of the test's own, for `localhost`.
struct Certified {
    pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certified {
    /// Self-signed, under this name; by what is an authority as well, or by what is none.
    fn by(name: &str, is_ca: IsCa) -> Self {
        let mut wanted = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        wanted.distinguished_name.push(DnType::CommonName, name);
        wanted.is_ca = is_ca;
        let signing_key = KeyPair::generate().unwrap();
        let cert = wanted.self_signed(&signing_key).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        Self { pem: cert.pem(), certificate: cert.der().clone(), key: key.into() }
    }

    /// Speaks TLS in front of a server, on a port of its own, until the test ends.
    fn in_front_of(self, server: SocketAddr) -> SocketAddr {
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![self.certificate], self.key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((socket, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let Ok(mut inside) = acceptor.accept(socket).await else { return };
                        let mut outside = tokio::net::TcpStream::connect(server).await.unwrap();
                        // Clients hang up as they like.
                        let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
                    });
                }
            });
        });
        address
    }
}

/// A server that gives this answer to one request.
fn answering(answer: String) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1024]);
        let _ = socket.write_all(answer.as_bytes());
    });
    address
}

async fn keys_come_from_the_server_that_was_named(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let case = Case::new(&app, &world, version, 1).await;
    arrive(&app, case.files[0]).await;
    case.send(&app, &world).await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("receipt.jws", &receipt_of(&app, &world, case.visit).await.expect(200).bytes);

    let [own, other, trusted] = ["own", "own", "trusted"].map(|name| Certified::by(name, IsCa::NoCa));
    let authority = Certified::by("authority", IsCa::Ca(BasicConstraints::Unconstrained));
    write("authority.pem", authority.pem.as_bytes());
    write("trusted.pem", trusted.pem.as_bytes());
    write("own.pem", own.pem.as_bytes());
    write("other.pem", other.pem.as_bytes());
    write("both.pem", format!("{}{}", other.pem, own.pem).as_bytes());
    write("no.pem", b"no certificate");
    let port = own.in_front_of(app.address()).port();
    let by_system = format!("https://localhost:{}", trusted.in_front_of(app.address()).port());
    let (named, numbered) = (format!("https://localhost:{port}"), format!("https://127.0.0.1:{port}/"));
    let as_authority = format!("https://localhost:{}", authority.in_front_of(app.address()).port());
    let plain = format!("https://{}", app.address());
    let moved = "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n";
    let moved = format!("http://{}", answering(moved.to_owned()));
    let endless =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_owned() + &" ".repeat(2 << 20);
    let endless = format!("http://{}", answering(endless));
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let closed = format!("https://{closed}");
    let in_the_open = format!("http://localhost:{port}");

    let rows: &[(&[&str], bool, &str)] = &[
        (&[&named, "--ca-file", "own.pem"], true, "the signature is good"),
        (&[&named, "--ca-file", "both.pem"], true, "the signature is good"),
        (&[&by_system], true, "the signature is good"),
        (&[&by_system, "--ca-file", "own.pem"], false, "UnknownIssuer"),
        (&[&named], false, "UnknownIssuer (name the file of the authority"),
        (&[&named, "--ca-file", "other.pem"], false, "BadSignature (name the file of the authority"),
        (&[&numbered, "--ca-file", "own.pem"], false, "not valid for name"),
        (&[&named, "--ca-file", "no.pem"], false, "no.pem has no certificates in PEM"),
        (&[&named, "--ca-file", "none.pem"], false, "cannot read none.pem"),
        (&[&plain], false, "does not speak TLS there"),
        (&[&in_the_open], false, "it may speak TLS there"),
        (&[&as_authority, "--ca-file", "authority.pem"], false, "basicConstraints=CA:FALSE"),
        (&[&closed, "--ca-file", "own.pem"], false, "Connection refused"),
        (&[&format!("http://{}/v1", app.address())], false, "gives no keys: it answers 404 Not Found"),
        (&[&format!("http://{}/", app.address())], true, "the signature is good"),
        (&[&moved], false, "it leads to https://elsewhere.example/, and is not followed"),
        (&[&endless], false, "more than 1048576 bytes came"),
    ];
    for (server, right, words) in rows {
        let (ended, all) = verify(folder.path(), &[&["receipt.jws", "--server"], *server].concat());
        assert!(ended == *right && all.contains(words), "{server:?} wanted {words}: {all}");
        assert_eq!(all.contains(&case.visit.to_string()), *right, "{all}");
    }
    let wrong: [(&[&str], &str); 3] = [
        (&["--server", "ftp://localhost"], "it has to begin with https:// or http://"),
        (&["--server", "localhost"], "relative URL without a base"),
        (&["--jwks", "keys.json", "--ca-file", "own.pem"], "cannot be used with"),
    ];
    for (arguments, words) in wrong {
        let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
        let done = command.args(["receipt", "verify", "receipt.jws"]).args(arguments).output().unwrap();
        let all = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.code() == Some(2) && all.contains(words), "{arguments:?} wanted {words}: {all}");
    }
}
