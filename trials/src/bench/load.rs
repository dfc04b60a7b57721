//! The load: phones that ask, wait for the answer and ask again, over connections that stay open. It shares the
//! machine with the server that it measures, so it does as little as it can.

use std::{
    cell::{Cell, RefCell},
    io::{Error, ErrorKind, Result},
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Most answers fit into this; for larger ones it grows.
const BUFFER: usize = 16 * 1024;
/// No head of an answer is larger.
const LARGEST_HEAD: usize = 64 * 1024;

/// One connection that stays open; one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// Whether what was asked was done.
    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The value of a header, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// The head, as it came.
    pub(crate) fn head(&self) -> &[u8] {
        self.head
    }

    /// The answer in one line, for a person.
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: vec![0; BUFFER] })
    }

    /// Sends so many bytes of a request, waits, and hangs up: in order, or so that the other end sees an error.
    pub(crate) async fn hang_up(
        mut self,
        request: &[u8],
        after: usize,
        wait: Duration,
        in_order: bool,
    ) -> Result<()> {
        self.stream.write_all(request.get(..after).unwrap_or(request)).await?;
        tokio::time::sleep(wait).await;
        if !in_order {
            socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))?;
        }
        Ok(())
    }

    /// Sends a whole request and waits for the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let (head, whole) = loop {
            filled += self.read_more(filled).await?;
            let seen = self.received.get(..filled).unwrap_or_default();
            if let Some(head) = end_of_head(seen) {
                // What an answer to HEAD says of its body is of one that does not come.
                let body = if request.starts_with(b"HEAD ") { 0 } else { content_length(seen)? };
                break (head, head + body);
            }
            if filled > LARGEST_HEAD {
                return Err(broken("the head of an answer has no end"));
            }
        };
        while filled < whole {
            filled += self.read_more(filled).await?;
        }
        let (head, rest) = self.received.split_at(head);
        let body = rest.get(..whole - head.len()).ok_or_else(|| broken("an answer is too short"))?;
        Ok(Answer { status: status(head)?, head, body })
    }

    async fn read_more(&mut self, filled: usize) -> Result<usize> {
        if filled == self.received.len() {
            self.received.resize(2 * filled, 0);
        }
        match self.stream.read(self.received.get_mut(filled..).unwrap_or_default()).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

fn end_of_head(seen: &[u8]) -> Option<usize> {
    seen.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn status(head: &[u8]) -> Result<u16> {
    let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| broken("an answer has no status"))
}

/// An answer without a length has no body; one in chunks is not for this reader.
fn content_length(head: &[u8]) -> Result<usize> {
    if header(head, "transfer-encoding").is_some() {
        return Err(broken("an answer comes in chunks"));
    }
    header(head, "content-length").map_or(Ok(0), |length| length.parse().map_err(|_| broken("a bad length")))
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    head.split(|&byte| byte == b'\n').take_while(|line| line.len() > 1).find_map(|line| {
        let (given, value) = line.split_at_checked(name.len())?;
        let value = given.eq_ignore_ascii_case(name.as_bytes()).then(|| value.strip_prefix(b":"))??;
        std::str::from_utf8(value.trim_ascii()).ok()
    })
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// What was measured while the phones asked.
#[derive(Default)]
pub(crate) struct Round {
    /// How long each answer took, in microseconds.
    pub(crate) waits: Vec<u32>,
    /// How long the round took.
    pub(crate) took: Duration,
    /// How many bytes the body of the last answer had.
    pub(crate) answer_bytes: usize,
}

impl Round {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.waits.len() as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// When a round ends.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// After this time.
    Time(Duration),
    /// When each phone has had so many answers.
    Answers(usize),
}

/// Lets so many phones ask at once. `next` writes the next request of a phone, or says that there is none, which ends
/// the round for all: what is measured is always the load of all phones.
///
/// # Errors
/// In one line, whatever was not answered with success.
pub(crate) async fn round(
    address: SocketAddr,
    phones: usize,
    until: Until,
    mut next: impl FnMut(usize, &mut Vec<u8>) -> bool,
) -> std::result::Result<Round, String> {
    round_of(1, address, phones, until, |phone, _, request| next(phone, request)).await
}

/// The same where so many requests, one after the other, are one thing that is done: `next` is told the request's
/// number among them, from 0 on, and what is measured is how long all of them took.
///
/// # Errors
/// As [`round`].
pub(crate) async fn round_of(
    requests: usize,
    address: SocketAddr,
    phones: usize,
    until: Until,
    next: impl FnMut(usize, usize, &mut Vec<u8>) -> bool,
) -> std::result::Result<Round, String> {
    let connections = try_join_all((0..phones).map(|_| Connection::open(address)));
    let connections = connections.await.map_err(|error| format!("cannot connect: {error}"))?;
    let (next, over, bytes) = (RefCell::new(next), Cell::new(false), Cell::new(0));
    let start = Instant::now();
    let ask = async |phone: usize, mut connection: Connection| {
        let (mut waits, mut request) = (Vec::with_capacity(1 << 14), Vec::with_capacity(BUFFER));
        'asking: while !over.get() {
            let enough = match until {
                Until::Time(time) => start.elapsed() >= time,
                Until::Answers(count) => waits.len() >= count,
            };
            let mut waited = Duration::ZERO;
            for number in 0..requests {
                request.clear();
                if enough || !(next.borrow_mut())(phone, number, &mut request) {
                    over.set(true);
                    break 'asking;
                }
                let sent = Instant::now();
                let answer =
                    connection.exchange(&request).await.map_err(|error| format!("no answer: {error}"))?;
                waited += sent.elapsed();
                if !answer.is_good() {
                    return Err(format!("refused: {}", answer.text()));
                }
                bytes.set(answer.body.len());
            }
            waits.push(waited.as_micros() as u32);
        }
        Ok(waits)
    };
    let each = connections.into_iter().enumerate().map(|(phone, connection)| ask(phone, connection));
    let waits = try_join_all(each).await?.concat();
    Ok(Round { waits, took: start.elapsed(), answer_bytes: bytes.get() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let head = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\netag: \"x\"\r\n\r\n{\"etag: no\"}";
        assert_eq!(end_of_head(head), Some(head.len() - 12));
        assert_eq!(status(head).ok(), Some(201));
        assert_eq!(content_length(head).ok(), Some(12));
        assert_eq!(header(head, "etag"), Some("\"x\""));
        assert_eq!(header(head, "{\"etag"), None);
        assert!(content_length(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
