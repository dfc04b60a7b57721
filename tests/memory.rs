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

/// 6,000 requests that announce a body and send none of it, or a little: each costs what its connection does, some 24 KiB in
/// a build without optimisation, and not what it announced.
#[test]
fn what_is_announced_costs_nothing() {
    let served = Served::start();
    let before = served.memory();
    let mut open = Vec::new();
    for number in 0..6_000 {
        let (length, sent) = [(1_000_000, ""), (16_000, ""), (16_000, "{\"email\": \"")][number % 3];
        let mut socket = TcpStream::connect(served.address).unwrap();
        let head = format!(
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{sent}"
        );
        socket.write_all(head.as_bytes()).unwrap();
        open.push(socket);
    }
    assert!(served.is_alive());
    let more = served.memory().saturating_sub(before);
    assert!(more < 6_000 * 48, "{more} KiB more than {before}");
}
