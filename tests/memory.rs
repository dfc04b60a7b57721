//! What the shipped program holds while strangers begin requests and do not end them.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// The program, serving; it ends with this.
struct Served {
    child: Child,
    address: SocketAddr,
    _data: tempfile::TempDir,
}

impl Served {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_incognito"))
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { child, address, _data: data };
        let start = Instant::now();
        while !served.is_alive() {
            assert!(start.elapsed() < Duration::from_secs(60), "it does not start");
            sleep(Duration::from_millis(50));
        }
        served
    }

    fn is_alive(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut socket = TcpStream::connect(self.address)?;
            socket.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            socket.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 204") || answer.starts_with("HTTP/1.1 200"))
    }

    /// What it holds in memory, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a stranger begins: bodies that are announced and do not come, or only begin to, and heads that do not end.
fn begun(number: usize) -> String {
    let head = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    match number % 4 {
        0 => format!("{head}Content-Length: 1000000\r\n\r\n"),
        1 => format!("{head}Content-Length: 16000\r\n\r\n"),
        2 => format!("{head}Content-Length: 16000\r\n\r\n{{\"email\": \""),
        _ => head.to_owned(),
    }
}

/// A connection of another machine, as far as the server sees.
fn from_elsewhere(address: SocketAddr) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into()).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

/// The next answer on this connection, which stays open.
fn answer(socket: &mut TcpStream) -> String {
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = socket.read(&mut part).unwrap_or_default();
        answer.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let ended = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            length.is_some_and(|length| body.len() >= length.parse::<usize>().unwrap())
        });
        if read == 0 || ended {
            return text;
        }
    }
}

const PASSWORD: &str = "correct horse battery staple";

/// 10,000 requests that strangers begin and do not end take no more than 64 MiB, and end neither what a known caller has nor what
/// a stranger of another network has begun.
#[test]
fn what_strangers_begin_costs_little() {
    let served = Served::start();
    let create = ["account", "create", "--email", "a@example.org", "--name", "A", "--role", "administrator"];
    let made = Command::new(env!("CARGO_BIN_EXE_incognito"))
        .args(create)
        .arg("--data")
        .arg(served._data.path())
        .env("INCOGNITO_PASSWORD", PASSWORD)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let sign_in = format!(r#"{{"email":"a@example.org","password":"{PASSWORD}","device":"d"}}"#);
    let (begin, rest) = sign_in.split_at(10);
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        sign_in.len()
    );
    let mut known = TcpStream::connect(served.address).unwrap();
    known.write_all(format!("{head}{sign_in}").as_bytes()).unwrap();
    let signed_in = answer(&mut known);
    let token = signed_in.split("\"access_token\":\"").nth(1).unwrap_or_else(|| panic!("{signed_in}"));
    let token = token.split('"').next().unwrap();
    let me = format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    let asks = |known: &mut TcpStream| {
        known.write_all(me.as_bytes()).unwrap();
        answer(known)
    };
    assert!(asks(&mut known).starts_with("HTTP/1.1 200"));
    // A phone on a slow line: the rest of its request comes when all the others are there.
    let slow = |served: &Served| {
        let mut socket = from_elsewhere(served.address);
        socket.write_all(format!("{head}{begin}").as_bytes()).unwrap();
        socket
    };
    let (before, mut open, mut elsewhere) = (served.memory(), Vec::new(), None);
    let mut most = 0;
    for number in 0..10_000 {
        let mut socket = TcpStream::connect(served.address).unwrap();
        // It may have been ended already.
        let _ = socket.write_all(begun(number).as_bytes());
        open.push(socket);
        if number == 7_000 {
            elsewhere = Some(slow(&served));
        }
        if number % 1_000 == 999 {
            most = most.max(served.memory());
        }
    }
    // When this is answered, the server has taken in all that came before.
    assert!(served.is_alive());
    let more = most.max(served.memory()).saturating_sub(before);
    let mut elsewhere = elsewhere.unwrap();
    elsewhere.write_all(rest.as_bytes()).unwrap();
    let late = answer(&mut elsewhere);
    assert!(late.starts_with("HTTP/1.1 201"), "{late}");
    let late = asks(&mut known);
    assert!(late.starts_with("HTTP/1.1 200"), "{late}");
    println!("{more} KiB more than {before}");
    assert!(more < 64 * 1024, "{more} KiB more than {before}");
}
