//! Writes a corpus to standard output: `cargo run -r -p docmill-benches --bin corpus -- MEGABYTES [SEED]`.

use std::{
    env,
    io::{self, BufWriter, Write},
};

use docmill_benches::Corpus;

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1).map(|argument| argument.parse::<u64>());
    let usage = || io::Error::other("usage: corpus MEGABYTES [SEED]");
    let megabytes = arguments.next().and_then(Result::ok).ok_or_else(usage)?;
    let seed = arguments.next().unwrap_or(Ok(1)).map_err(|_| usage())?;
    let mut corpus = Corpus::new(seed);
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let (mut line, mut written) = (Vec::new(), 0);
    while written < megabytes * 1_000_000 {
        line.clear();
        corpus.line(&mut line);
        out.write_all(&line)?;
        written += line.len() as u64;
    }
    out.flush()
}
