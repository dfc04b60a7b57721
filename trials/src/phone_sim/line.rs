//! A line between a phone and its server: slow, cut at given bytes, and counting what is put on it.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// So many bytes pass at a time.
const PIECE: usize = 8 * 1024;
/// A dead line is noticed by the server after so long, if not before.
const DEAD: Duration = Duration::from_secs(40);

/// How a line is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Both ends see its end.
    InOrder,
    /// Both ends see an error.
    Reset,
    /// Only the phone sees it; to the server the line is silent.
    Dead,
    /// Everything arrives, but the next answer does not.
    Answer,
}

/// A line; it is gone when this is dropped.
pub(super) struct Line {
    /// Where the phone finds it.
    pub(super) address: SocketAddr,
    /// How many bytes the phone has put on it.
    pub(super) sent: Arc<AtomicU64>,
    /// How often it was cut.
    pub(super) cuts: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Shared {
    sent: Arc<AtomicU64>,
    cuts: Arc<AtomicU64>,
    /// Where the next cuts are to be, in bytes sent, from the first on.
    planned: Arc<Mutex<VecDeque<(u64, How)>>>,
    /// Bytes a second.
    speed: u64,
    alters: bool,
}

impl Line {
    /// Lays a line to this server that carries so many bytes a second and is cut when so many bytes were sent over it.
    ///
    /// # Errors
    /// If there is no port for it.
    pub(super) async fn start(
        server: SocketAddr,
        mut cuts: Vec<(u64, How)>,
        speed: u64,
        alters: bool,
    ) -> Result<Self, String> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| format!("no port: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        cuts.sort_by_key(|(at, _)| *at);
        let shared = Shared {
            sent: Arc::default(),
            cuts: Arc::default(),
            planned: Arc::new(Mutex::new(cuts.into())),
            speed: speed.max(1),
            alters,
        };
        let (sent, made) = (Arc::clone(&shared.sent), Arc::clone(&shared.cuts));
        let serving = tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let shared = shared.clone();
                // An end of either kind is an end.
                tokio::spawn(async move { drop(shared.carry(phone, server).await) });
            }
        });
        Ok(Self { address, sent, cuts: made, serving })
    }
}

impl Shared {
    /// The next cut, if it is due at this byte or before it.
    fn next_cut(&self, at: u64) -> Option<(u64, How)> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.front().is_some_and(|(due, _)| *due <= at).then(|| planned.pop_front()).flatten()
    }

    async fn carry(self, phone: TcpStream, server: SocketAddr) -> std::io::Result<()> {
        let server = TcpStream::connect(server).await?;
        phone.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let ((from_phone, to_phone), (from_server, to_server)) = (phone.into_split(), server.into_split());
        // Whether the next answer is to be lost.
        let loses = Arc::new(AtomicBool::new(false));
        let back = tokio::spawn(answers(from_server, to_phone, Arc::clone(&loses)));
        self.to_server(from_phone, to_server, &back, &loses).await
    }

    /// Carries what the phone sends, until it is cut.
    async fn to_server(
        &self,
        mut phone: OwnedReadHalf,
        mut server: OwnedWriteHalf,
        back: &JoinHandle<()>,
        loses: &AtomicBool,
    ) -> std::io::Result<()> {
        let (mut piece, mut carried) = (vec![0; PIECE], 0);
        loop {
            let count = phone.read(&mut piece).await?;
            if count == 0 {
                return Ok(());
            }
            let bytes = piece.get_mut(..count).unwrap_or_default();
            let before = self.sent.fetch_add(count as u64, Ordering::Relaxed);
            // Not in the head of a request.
            if self.alters
                && carried > PIECE
                && let Some(byte) = bytes.last_mut()
            {
                *byte ^= 1;
            }
            carried += count;
            let due = self.next_cut(before + count as u64);
            let passes =
                due.map_or(count, |(at, _)| usize::try_from(at.saturating_sub(before)).unwrap_or(count));
            match due {
                Some((_, How::Answer)) => {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    loses.store(true, Ordering::Relaxed);
                    server.write_all(bytes).await?;
                }
                None => server.write_all(bytes).await?,
                Some((_, how)) => {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    server.write_all(bytes.get(..passes).unwrap_or(bytes)).await?;
                    cut(how, phone, server, back).await;
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_secs_f64(count as f64 / self.speed as f64)).await;
        }
    }
}

async fn cut(how: How, phone: OwnedReadHalf, server: OwnedWriteHalf, back: &JoinHandle<()>) {
    if how == How::Reset {
        // If that cannot be, it ends in order.
        let _ = socket2::SockRef::from(phone.as_ref()).set_linger(Some(Duration::ZERO));
        let _ = socket2::SockRef::from(server.as_ref()).set_linger(Some(Duration::ZERO));
    }
    if how == How::Dead {
        // The half that reads from the server would otherwise still reach the phone.
        let _ = socket2::SockRef::from(phone.as_ref()).shutdown(std::net::Shutdown::Both);
        drop(phone);
        tokio::time::sleep(DEAD).await;
    }
    back.abort();
}

/// Carries what the server answers; where the next answer is to be lost, the line ends with it.
async fn answers(mut server: OwnedReadHalf, mut phone: OwnedWriteHalf, loses: Arc<AtomicBool>) {
    let mut piece = vec![0; PIECE];
    while let Ok(count @ 1..) = server.read(&mut piece).await {
        if loses.load(Ordering::Relaxed) {
            break;
        }
        if phone.write_all(piece.get(..count).unwrap_or_default()).await.is_err() {
            break;
        }
    }
    // The other half sees it at once.
    let _ = socket2::SockRef::from(phone.as_ref()).shutdown(std::net::Shutdown::Both);
}
