//! A store, as far as docmill asks one: listings, and objects whole or from a byte on, as S3 and Google Cloud
//! Storage speak, and listings as Azure does. It can be told to fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// A listing has so many entries at once.
const PAGE: usize = 2;

const TIME: &str = "Tue, 05 May 2026 10:00:00 GMT";

const DENIED: &[u8] =
    b"<Error><Code>AccessDenied</Code><AWSAccessKeyId>an-id</AWSAccessKeyId></Error>";

/// How the next answer with an object's bytes fails.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The connection ends after so many bytes.
    Breaks(usize),
    /// The same, and then others are under its name.
    Replaced(usize, Vec<u8>),
    /// It does not, but another object is replaced from then on.
    Replaces(&'static str),
    /// The store has a fault of its own.
    Internal,
    /// Who asks is refused.
    Forbidden,
    /// There is no answer.
    Hangs,
}

#[derive(Default)]
pub(crate) struct State {
    /// By bucket and key: bytes and e-tag.
    objects: BTreeMap<String, (Vec<u8>, usize)>,
    tags: usize,
    faults: BTreeMap<String, Vec<Fault>>,
    /// Who asks is refused.
    pub(crate) denies: bool,
    /// What was asked: method, path with query, and the range.
    pub(crate) asked: Vec<String>,
}

impl State {
    pub(crate) fn put(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.tags += 1;
        self.objects.insert(name.to_owned(), (bytes.into(), self.tags));
    }

    /// The next answers with these bytes fail, one after the other.
    pub(crate) fn fails(&mut self, name: &str, faults: &[Fault]) {
        self.faults.insert(name.to_owned(), faults.to_vec());
    }

    /// Everything asked for whose line has this in it.
    pub(crate) fn asked_for(&self, part: &str) -> Vec<String> {
        self.asked.iter().filter(|line| line.contains(part)).cloned().collect()
    }
}

pub(crate) struct Server {
    pub(crate) endpoint: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, state) = (stream.unwrap(), shared.clone());
                thread::spawn(move || converse(stream, &state));
            }
        });
        Server { endpoint, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

#[derive(Default)]
struct Asked {
    head: bool,
    name: String,
    query: BTreeMap<String, String>,
    range: Option<(usize, usize)>,
    matches: Option<String>,
}

/// Answers one request after the other; `None` ends it.
fn converse(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let asked = read(&mut reader, state)?;
        answer(&stream, &asked, state)?;
    }
}

fn read(reader: &mut impl BufRead, state: &Mutex<State>) -> Option<Asked> {
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut asked = Asked { head: method == "HEAD", name: decoded(&path[1..]), ..Asked::default() };
    for pair in query.split('&').filter_map(|pair| pair.split_once('=')) {
        asked.query.insert(pair.0.to_owned(), decoded(pair.1));
    }
    let mut range = String::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "range" | "x-ms-range" => {
                let (start, end) = value.strip_prefix("bytes=")?.split_once('-')?;
                asked.range = Some((start.parse().ok()?, end.parse().unwrap_or(usize::MAX)));
                range = format!(" {value}");
            }
            "if-match" => asked.matches = Some(value.to_owned()),
            _ => {}
        }
    }
    state.lock().unwrap().asked.push(format!("{method} {target}{range}"));
    Some(asked)
}

fn answer(mut stream: &TcpStream, asked: &Asked, state: &Mutex<State>) -> Option<()> {
    let mut state = state.lock().unwrap();
    if state.denies {
        return send(stream, "403 Forbidden", "", DENIED, asked.head);
    }
    if !asked.name.contains('/') {
        return match state.objects.keys().any(|name| name.split('/').next() == Some(&asked.name)) {
            true => send(stream, "200 OK", "", listing(&state, asked).as_bytes(), false),
            false => send(stream, "404 Not Found", "", b"<Code>NoSuchBucket</Code>", false),
        };
    }
    let Some((bytes, tag)) = state.objects.get(&asked.name).cloned() else {
        return send(stream, "404 Not Found", "", b"<Code>NoSuchKey</Code>", asked.head);
    };
    let tag = format!("\"{tag}\"");
    if asked.matches.as_ref().is_some_and(|wanted| *wanted != tag) {
        return send(stream, "412 Precondition Failed", "", b"", asked.head);
    }
    let (start, end) = asked.range.unwrap_or((0, usize::MAX));
    let end = end.saturating_add(1).min(bytes.len());
    let mut head = format!("ETag: {tag}\r\nLast-Modified: {TIME}\r\nAccept-Ranges: bytes\r\n");
    let mut status = "200 OK";
    if asked.range.is_some() {
        status = "206 Partial Content";
        let _ = write!(head, "Content-Range: bytes {start}-{}/{}\r\n", end - 1, bytes.len());
    }
    let body = &bytes[start..end];
    let mut faults = state.faults.remove(&asked.name).unwrap_or_default();
    let fault = (!asked.head && !faults.is_empty()).then(|| faults.remove(0));
    state.faults.insert(asked.name.clone(), faults);
    let sent = match fault {
        None => return send(stream, status, &head, body, asked.head),
        Some(Fault::Replaces(other)) => {
            state.put(other, "other");
            return send(stream, status, &head, body, false);
        }
        Some(Fault::Internal) => {
            return send(stream, "500 Internal Server Error", "", b"", false);
        }
        Some(Fault::Forbidden) => return send(stream, "403 Forbidden", "", DENIED, false),
        Some(Fault::Hangs) => {
            drop(state);
            thread::sleep(Duration::from_secs(600));
            return None;
        }
        Some(Fault::Breaks(sent)) => sent,
        Some(Fault::Replaced(sent, other)) => {
            state.put(&asked.name, other);
            sent
        }
    };
    write!(stream, "HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n", body.len()).ok()?;
    stream.write_all(&body[..sent.min(body.len())]).ok()?;
    stream.shutdown(std::net::Shutdown::Both).ok()?;
    None
}

fn send(mut stream: &TcpStream, status: &str, head: &str, body: &[u8], alone: bool) -> Option<()> {
    write!(stream, "HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n", body.len()).ok()?;
    stream.write_all(if alone { b"" } else { body }).ok()
}

fn listing(state: &State, asked: &Asked) -> String {
    let given = |key: &str| asked.query.get(key).map(String::as_str).unwrap_or_default();
    let azure = given("comp") == "list";
    let (prefix, delimited) = (given("prefix"), given("delimiter") == "/");
    let after = if azure { given("marker") } else { given("continuation-token") };
    let bucket = format!("{}/", asked.name);
    // Objects, and folders, which have no size.
    let mut entries: BTreeMap<&str, Option<(usize, usize)>> = BTreeMap::new();
    for (name, (bytes, tag)) in &state.objects {
        let Some(key) = name.strip_prefix(&bucket).filter(|key| key.starts_with(prefix)) else {
            continue;
        };
        match key[prefix.len()..].find('/').filter(|_| delimited) {
            Some(slash) => entries.insert(&key[..=prefix.len() + slash], None),
            None => entries.insert(key, Some((bytes.len(), *tag))),
        };
    }
    let entries: Vec<_> = entries.into_iter().filter(|(key, _)| *key > after).collect();
    let mut body = String::new();
    let mut folders = BTreeSet::new();
    for (key, found) in entries.iter().take(PAGE) {
        let name = escaped(key);
        let _ = match (found, azure) {
            (None, _) => {
                folders.insert(name);
                Ok(())
            }
            (Some((bytes, tag)), false) => write!(
                body,
                "<Contents><Key>{name}</Key><LastModified>2026-05-05T10:00:00.000Z</LastModified>\
                 <ETag>&quot;{tag}&quot;</ETag><Size>{bytes}</Size></Contents>"
            ),
            (Some((bytes, tag)), true) => write!(
                body,
                "<Blob><Name>{name}</Name><Properties><Last-Modified>{TIME}</Last-Modified>\
                 <Etag>{tag}</Etag><Content-Length>{bytes}</Content-Length>\
                 <Content-Type>text/plain</Content-Type></Properties></Blob>"
            ),
        };
    }
    let next = entries.get(PAGE - 1).filter(|_| entries.len() > PAGE).map(|(key, _)| escaped(key));
    for folder in folders {
        let _ = match azure {
            true => write!(body, "<BlobPrefix><Name>{folder}</Name></BlobPrefix>"),
            false => write!(body, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"),
        };
    }
    match azure {
        true => format!(
            "<EnumerationResults><Blobs>{body}</Blobs><NextMarker>{}</NextMarker></EnumerationResults>",
            next.unwrap_or_default()
        ),
        false => {
            let next =
                next.map(|key| format!("<NextContinuationToken>{key}</NextContinuationToken>"));
            let next = next.unwrap_or_default();
            format!("<ListBucketResult>{body}{next}</ListBucketResult>")
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
