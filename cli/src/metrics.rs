//! Figures of a run for Prometheus: answers `GET /metrics` over HTTP as long as the run goes on.
//!
//! A thread of its own answers: the workers come by only when a block is written, and a run whose blocks do not get
//! written is just the one that somebody will ask about. It takes one caller at a time, two seconds at most for
//! each, and reads nothing but the last observation. It ends with the process.

mod text;

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream, ToSocketAddrs},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use docmill_core::engine::Progress;

use crate::failure::Failure;

/// How long one caller may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that is read of a request, in bytes.
const REQUEST_BYTES: usize = 8 << 10;

/// What was seen last.
type Last = Arc<Mutex<Option<(Progress, Option<Duration>)>>>;

/// The figures of one run.
pub(crate) struct Metrics {
    last: Last,
    /// Where they are to be had.
    pub(crate) url: String,
}

impl Metrics {
    /// Begins to answer at an address.
    pub(crate) fn listen(address: &str) -> Result<Self, Failure> {
        let wrong = |why: io::Error| {
            Failure::Wrong(format!(
                "--metrics {address}: cannot listen there: {why}; give a free one as HOST:PORT, such as \
                 127.0.0.1:9464, or port 0 for any that is free"
            ))
        };
        let found = address.to_socket_addrs().map_err(wrong)?.collect::<Vec<_>>();
        let listener = TcpListener::bind(&*found).map_err(wrong)?;
        let url = format!("http://{}/metrics", listener.local_addr().map_err(wrong)?);
        let last = Last::default();
        let (seen, start) = (last.clone(), Instant::now());
        thread::Builder::new().spawn(move || answer_all(&listener, &seen, start)).map_err(wrong)?;
        Ok(Metrics { last, url })
    }

    /// Takes note of what was done so far, and of how long it will still take.
    pub(crate) fn observe(&self, progress: &Progress, left: Option<Duration>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((progress.clone(), left));
    }
}

fn answer_all(listener: &TcpListener, last: &Last, start: Instant) {
    loop {
        match listener.accept() {
            Ok((caller, _)) => {
                let figures = || {
                    let last = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let (progress, left) = last.unwrap_or_default();
                    text::write(&progress, start.elapsed(), left)
                };
                // A caller that goes away is no concern of the run.
                let _ = answer(caller, figures);
            }
            // Where there is no room for one more connection, there may be later.
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn answer(mut caller: TcpStream, figures: impl FnOnce() -> String) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < REQUEST_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        caller.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let mut some = [0; 1024];
        let read = caller.read(&mut some)?;
        if read == 0 || left.is_zero() {
            return Ok(());
        }
        request.extend_from_slice(some.get(..read).unwrap_or_default());
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    let (status, body) = match (words.next(), words.next()) {
        (Some(b"GET"), Some(path)) => match path.split(|byte| *byte == b'?').next() {
            Some(b"/metrics" | b"/") => ("200 OK", figures()),
            _ => ("404 Not Found", "the figures are at /metrics\n".to_owned()),
        },
        _ => ("405 Method Not Allowed", "ask with GET\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nAllow: GET\r\nConnection: close\r\n\r\n",
        text::TYPE,
        body.len()
    );
    caller.set_write_timeout(Some(PATIENCE))?;
    caller.write_all(head.as_bytes())?;
    caller.write_all(body.as_bytes())
}
